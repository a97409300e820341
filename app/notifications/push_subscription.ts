import { ECDH } from 'node:crypto'
import { isPrivateHost } from '#oauth/address_guard'

/** What a browser tells about its subscription (Push API, `PushSubscription.toJSON`). Whoever knows it can write there. */
export interface PushSubscription {
  endpoint: string
  /** The browser's public key: an uncompressed point of P-256 in base64url. */
  p256dh: string
  /** 16 random bytes in base64url (RFC 8291 §3.2). */
  auth: string
}

const LONGEST_ENDPOINT = 2048

/** The subscription, if messages can be sent there; else a sentence why not. */
export function checkSubscription(
  { endpoint, p256dh, auth }: Readonly<Record<'endpoint' | 'p256dh' | 'auth', string>>,
  { allowPrivate }: { allowPrivate: boolean }
):
  | { ok: true; subscription: PushSubscription }
  | { ok: false; code: 'push_service' | 'push_keys'; message: string } {
  const refuse = (code: 'push_service' | 'push_keys', message: string) => ({
    ok: false as const,
    code,
    message,
  })
  if (!isEndpoint(endpoint, allowPrivate)) {
    return refuse('push_service', 'This browser named a push service that cannot be reached safely.')
  }
  const keys = { p256dh: plain(p256dh), auth: plain(auth) }
  if (!areSubscriptionKeys(keys)) {
    return refuse(
      'push_keys',
      'This browser gave keys that cannot encrypt a message. Try again, or use another browser.'
    )
  }
  return { ok: true, subscription: { endpoint, ...keys } }
}

/** Whether a message can be encrypted for these keys: a point that lies on the curve, and 16 bytes. */
export function areSubscriptionKeys({ p256dh, auth }: Omit<PushSubscription, 'endpoint'>): boolean {
  const point = Buffer.from(p256dh, 'base64url')
  if (point.length !== 65 || point[0] !== 4 || Buffer.from(auth, 'base64url').length !== 16) return false
  try {
    ECDH.convertKey(point, 'prime256v1')
    return true
  } catch {
    return false
  }
}

function isEndpoint(text: string, allowPrivate: boolean): boolean {
  if (text.length > LONGEST_ENDPOINT || !URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  if (allowPrivate) return protocol === 'https:' || protocol === 'http:'
  return protocol === 'https:' && !isPrivateHost(hostname)
}

// Some browsers pad, or use the other alphabet.
const plain = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
