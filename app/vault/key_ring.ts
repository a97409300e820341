import { createSecretKey, type KeyObject } from 'node:crypto'

/** One key of the ring: its public id and the key itself, which Node never prints. */
export interface VaultKey {
  id: string
  key: KeyObject
}

/** Keys that seal (the first) and open (all) what the vault keeps. */
export type KeyRing = readonly [VaultKey, ...VaultKey[]]

const HOW =
  'Write ENCRYPTION_KEYS as id:key pairs separated by commas, newest first; a key is 32 bytes in base64.'
const GENERATE = `A fresh one: node -e "console.log('k1:' + require('crypto').randomBytes(32).toString('base64'))"`

/**
 * Reads `ENCRYPTION_KEYS`: `id:base64` pairs, newest first. A problem comes back as one sentence that says what to
 * do and never quotes key material.
 */
export function parseKeyRing(text: string): { ok: true; ring: KeyRing } | { ok: false; problem: string } {
  const keys: VaultKey[] = []
  const entries = text.split(',').map((entry) => entry.trim())
  if (entries.every((entry) => entry === '')) {
    return { ok: false, problem: `ENCRYPTION_KEYS is empty. ${HOW} ${GENERATE}` }
  }
  for (const [index, entry] of entries.entries()) {
    const place = `Key number ${index + 1} in ENCRYPTION_KEYS`
    const separator = entry.indexOf(':')
    const id = entry.slice(0, Math.max(separator, 0))
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) {
      return { ok: false, problem: `${place} has no valid id before its colon. ${HOW} ${GENERATE}` }
    }
    const bytes = decodeKey(entry.slice(separator + 1))
    if (!bytes)
      return {
        ok: false,
        problem: `${place} ("${id}") is not 32 bytes in base64. ${HOW} ${GENERATE}`,
      }
    if (keys.some((key) => key.id === id)) {
      return {
        ok: false,
        problem: `ENCRYPTION_KEYS names the id "${id}" twice. Give each key an id of its own.`,
      }
    }
    keys.push({ id, key: createSecretKey(bytes) })
  }
  return { ok: true, ring: keys as [VaultKey, ...VaultKey[]] }
}

function decodeKey(text: string): Buffer | null {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 32 ? bytes : null
}
