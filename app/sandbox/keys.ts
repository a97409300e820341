import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { SandboxStore } from '#sandbox/store'

/** The keys that sign ID tokens and cookies. Made once, then kept in the file, so that a restart changes nothing. */
export function sandboxKeys(store: SandboxStore): {
  jwks: { keys: object[] }
  cookieKeys: string[]
} {
  const jwk = store.setting('signing_key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' })
  })
  const cookieKey = store.setting('cookie_key', () => randomBytes(32).toString('base64url'))
  return { jwks: { keys: [JSON.parse(jwk) as object] }, cookieKeys: [cookieKey] }
}
