import { createHash } from 'node:crypto'
import { Secret } from '#oauth/secret'

export const RECOVERY_CODES = 10

/** 32 letters and digits, none of which looks like another, so that five bits choose one. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz023456789'
const GROUPS = [4, 4, 4, 4]

/** Ten codes of 80 random bits, such as `k3vd-8xwm-q2pz-hn7c`. `random`: so many random bytes. */
export function newRecoveryCodes(random: (length: number) => Buffer): Secret[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const groups = GROUPS.map((length) => [...random(length)].map((byte) => LETTERS[byte % 32]).join(''))
    return new Secret(groups.join('-'))
  })
}

/** What is stored of a code; with 80 random bits no slow hash is needed. How people space and case it does not matter. */
export function recoveryHash(code: string): string {
  const letters = code.toLowerCase().replace(/[^a-z0-9]/g, '')
  return createHash('sha256').update(letters).digest('hex')
}
