import { AccessToken } from '@adonisjs/auth/access_tokens'
import { Secret } from '#oauth/secret'

/** With what every key begins, so that scanners for leaked secrets know it. */
export const KEY_PREFIX = 'evg_'

/** Characters of the random part: 238 bits. A checksum follows it, so that scanners can tell a key from a look-alike. */
const SECRET_LENGTH = 40
/** Of the id, which begins with the time: so much that keys which were made at once begin differently. */
const SHOWN_OF_ID = 24

/** A new key for this id, and the hash that is stored of it. */
export function forgeKey(id: string): { key: Secret; hash: string } {
  const { secret, hash } = AccessToken.seed(SECRET_LENGTH)
  return { key: new Secret(textOf(id, secret.release())), hash }
}

/** How the key with this id begins: by it people tell their keys apart. No part of what is secret. */
export function keyStart(id: string): string {
  return textOf(id, '').slice(0, KEY_PREFIX.length + SHOWN_OF_ID)
}

/** `evg_<id>.<secret>`, both parts in base64url, as the framework's access tokens are written. */
function textOf(id: string, secret: string): string {
  return `${KEY_PREFIX}${Buffer.from(id).toString('base64url')}.${Buffer.from(secret).toString('base64url')}`
}
