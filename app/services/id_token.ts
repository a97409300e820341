import { isObject, type JsonObject } from '#oauth/own'
import type { Secret } from '#oauth/secret'

export interface ExpectedIdToken {
  issuer: string | undefined
  clientId: string
  nonce: string | null
  now: number
}

export type IdTokenSubject =
  | { ok: true; subject: string }
  | { ok: false; reason: 'malformed' | 'issuer' | 'audience' | 'nonce' | 'expired' }

/**
 * Whom an ID token names. It came straight from the token endpoint over TLS, which stands for its signature (OpenID
 * Connect Core §3.1.3.7, point 6); issuer, audience, nonce and expiry are compared all the same.
 */
export function readIdToken(idToken: Secret, expected: ExpectedIdToken): IdTokenSubject {
  const claims = decode(idToken)
  if (!claims || typeof claims.sub !== 'string' || claims.sub === '')
    return { ok: false, reason: 'malformed' }
  if (expected.issuer !== undefined && claims.iss !== expected.issuer) return { ok: false, reason: 'issuer' }
  if (![claims.aud].flat().includes(expected.clientId)) return { ok: false, reason: 'audience' }
  if (expected.nonce !== null && claims.nonce !== expected.nonce) return { ok: false, reason: 'nonce' }
  const expiresAt = typeof claims.exp === 'number' ? claims.exp * 1_000 : 0
  if (expiresAt + CLOCK_TOLERANCE < expected.now) return { ok: false, reason: 'expired' }
  return { ok: true, subject: claims.sub.slice(0, 255) }
}

const CLOCK_TOLERANCE = 5 * 60_000

function decode(idToken: Secret): JsonObject | null {
  try {
    const payload = Buffer.from(idToken.reveal().split('.')[1] ?? '', 'base64url').toString('utf8')
    const claims: unknown = JSON.parse(payload)
    return isObject(claims) ? claims : null
  } catch {
    // Not a JWT: it names nobody.
    return null
  }
}
