import { createECDH, timingSafeEqual } from 'node:crypto'
import type { Secret } from '#oauth/secret'

/** Who we are to push services (RFC 8292): a key pair in base64url, and where our operator can be reached. */
export interface VapidIdentity {
  publicKey: string
  privateKey: Secret
  subject: string
}

/** Why keys cannot sign: none are set, they are no P-256 keys, or they are not of one pair. */
export type VapidTrouble = 'missing' | 'malformed' | 'mismatched'

const BASE64URL = /^[\w-]+$/

/** What keeps the keys from being used; null where they are one pair. */
export function vapidTrouble({ publicKey, privateKey }: Omit<VapidIdentity, 'subject'>): VapidTrouble | null {
  const own = privateKey.reveal()
  if (publicKey === '' && own === '') return 'missing'
  if (!BASE64URL.test(publicKey) || !BASE64URL.test(own)) return 'malformed'
  const [told, scalar] = [publicKey, own].map((text) => Buffer.from(text, 'base64url'))
  if (told.length !== 65 || scalar.length !== 32) return 'malformed'
  const derived = publicKeyOf(scalar)
  if (!derived) return 'malformed'
  return timingSafeEqual(derived, told) ? null : 'mismatched'
}

function publicKeyOf(scalar: Buffer): Buffer | null {
  const curve = createECDH('prime256v1')
  try {
    curve.setPrivateKey(scalar)
    return curve.getPublicKey()
  } catch {
    // Zero and numbers above the curve's order are no keys.
    return null
  }
}

const ADDRESS = /[^\s<>]+@[^\s<>]+/

/**
 * The `sub` of our tokens (RFC 8292 §2.1): our own address where it is https and not this machine, else the address
 * that our mail comes from. Push services write there when something is wrong with what we send.
 */
export function vapidSubject(appUrl: string, mailFrom: string): string {
  const { protocol, hostname, origin } = new URL(appUrl)
  if (protocol === 'https:' && hostname !== 'localhost') return origin
  return `mailto:${ADDRESS.exec(mailFrom)?.[0] ?? `evergrant@${hostname}`}`
}
