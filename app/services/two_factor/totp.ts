import { Secret as TotpSecret, TOTP } from 'otpauth'
import { Secret } from '#oauth/secret'

/** Bytes of a shared secret: as many as the output of its hash (RFC 4226 §4, R6). */
const SECRET_LENGTH = 20
/** Seconds that a code lives (RFC 6238 §4.1); one before and one after are accepted too, for clocks that are off (§5.2). */
const PERIOD = 30
const WINDOW = 1

/** A new shared secret, in Base32 as authenticator apps take it. `random`: so many random bytes. */
export function newTotpSecret(random: (length: number) => Buffer): Secret {
  const bytes = new Uint8Array(random(SECRET_LENGTH))
  return new Secret(new TotpSecret({ buffer: bytes.buffer }).base32)
}

/** The address that an authenticator app reads from the picture. It holds the secret. */
export function totpAddress(secret: Secret, label: string): Secret {
  return new Secret(totpOf(secret, label).toString())
}

/** The time step that a code belongs to; null where it is none of the three of this moment (milliseconds). */
export function stepOfCode(secret: Secret, code: string, now: number): number | null {
  const totp = totpOf(secret, '')
  const delta = totp.validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? null : totp.counter({ timestamp: now }) + delta
}

// SHA-1 and six digits are what every app understands; some ignore other values silently.
function totpOf(secret: Secret, label: string): TOTP {
  return new TOTP({
    issuer: 'Evergrant',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD,
    secret: TotpSecret.fromBase32(secret.reveal()),
  })
}
