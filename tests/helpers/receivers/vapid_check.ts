import { createPublicKey, verify } from 'node:crypto'

/** Why a token is not accepted, with the status that RFC 8292 §4.2 gives: 401 without one, 403 for a wrong one. */
export type VapidVerdict =
  { ok: true; key: string; sub: string } | { ok: false; status: 401 | 403; why: string }

const DAY = 24 * 60 * 60

/** Checks an `Authorization: vapid t=…, k=…` by RFC 8292 §2 and §3. `audience`: the origin of the push service. */
export function checkVapid(header: string | undefined, audience: string, now: number): VapidVerdict {
  const found = /^vapid\s+(.*)$/i.exec(header ?? '')
  if (!found) return { ok: false, status: 401, why: 'no vapid credentials' }
  const refuse = (why: string): VapidVerdict => ({ ok: false, status: 403, why })
  const { t: token, k: key } = Object.fromEntries(
    found[1].split(',').map((part) => part.trim().split(/=(.*)/s))
  )
  const [head, claims, signature] = (token ?? '').split('.')
  if (!key || !signature) return refuse('t or k is missing')
  if (parse(head).alg !== 'ES256') return refuse('not signed with ES256')
  if (!isSigned(`${head}.${claims}`, signature, key)) return refuse('the signature is not of this key')
  const { aud, exp, sub } = parse(claims)
  if (aud !== audience) return refuse(`meant for ${String(aud)}`)
  if (typeof exp !== 'number' || exp <= now / 1000) return refuse('expired')
  if (exp > now / 1000 + DAY) return refuse('valid for more than a day')
  if (typeof sub !== 'string' || !/^(mailto:.+@.+|https:\/\/.+)$/.test(sub))
    return refuse('sub names no contact')
  return { ok: true, key, sub }
}

function parse(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
}

function isSigned(text: string, signature: string, key: string): boolean {
  const point = Buffer.from(key, 'base64url')
  if (point.length !== 65) return false
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const bytes = Buffer.from(signature, 'base64url')
  return verify('sha256', Buffer.from(text), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)
}
