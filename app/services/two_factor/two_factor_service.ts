import { type Secret } from '#oauth/secret'
import { endSessions } from '#services/people/end_sessions'
import type { PeopleDependencies } from '#services/people/types'
import { newRecoveryCodes, recoveryHash } from '#services/two_factor/recovery_codes'
import { newTotpSecret, stepOfCode, totpAddress } from '#services/two_factor/totp'
import * as sql from '#services/two_factor/two_factor_sql'
import { all, run, type Row, type Work } from '#store/driver'
import type { SealedPlace, Vault } from '#vault/vault'

/** `since`: milliseconds, null where there is none. */
export interface TwoFactorState {
  since: number | null
  recoveryCodesLeft: number
}

/** What an authenticator app needs, while it is being set up. */
export interface PendingTwoFactor {
  secret: Secret
  address: Secret
}

/** `epoch`: the number under which the person's new sessions are opened. */
export type Confirmed =
  { ok: true; recoveryCodes: Secret[]; epoch: number } | { ok: false; problem: 'none' | 'wrong_code' }
/** `beyond_reach`: the person also belongs where whoever resets is no admin. */
export type ResetAnswer = 'done' | 'none' | 'beyond_reach'

type Dependencies = PeopleDependencies & { vault: Vault; random: (length: number) => Buffer }

const TOTP_CODE = /^\d{6}$/

/**
 * The second factor of people: codes of an authenticator app (RFC 6238), and ten recovery codes for a lost one. The shared
 * secret is sealed by the vault, bound to its person. Every code works once.
 */
export class TwoFactorService {
  constructor(private readonly deps: Dependencies) {}

  async state(userId: string): Promise<TwoFactorState> {
    const [row] = await this.deps.driver.read(sql.READ, [userId])
    const since = row?.confirmed_at ?? null
    if (since === null) return { since: null, recoveryCodesLeft: 0 }
    const [{ count }] = await this.deps.driver.read(sql.COUNT_LEFT, [userId])
    return { since: Number(since), recoveryCodesLeft: Number(count) }
  }

  /** Makes a secret that waits for its first code; false where the person has a second factor already. */
  async begin(userId: string): Promise<boolean> {
    const { driver, clock, vault, random } = this.deps
    const sealed = vault.seal(newTotpSecret(random), placeOf(userId))
    return (await driver.transaction(() => run(sql.BEGIN, [userId, sealed, clock.now()]))) > 0
  }

  /** What was begun and not confirmed yet; null where there is nothing, or nothing that opens. */
  async pending(userId: string, label: string): Promise<PendingTwoFactor | null> {
    const [row] = await this.deps.driver.read(sql.READ, [userId])
    const secret = row?.confirmed_at === null ? this.#open(row, userId) : null
    return secret && { secret, address: totpAddress(secret, label) }
  }

  /** Turns it on with the first code and ends the person's sessions. The recovery codes are returned this once. */
  async confirm(userId: string, code: string): Promise<Confirmed> {
    const { driver, clock } = this.deps
    const [row] = await driver.read(sql.READ, [userId])
    const secret = row?.confirmed_at === null ? this.#open(row, userId) : null
    if (!secret) return { ok: false, problem: 'none' }
    const now = clock.now()
    const step = stepOfCode(secret, digitsOf(code), now)
    if (step === null) return { ok: false, problem: 'wrong_code' }
    const recoveryCodes = newRecoveryCodes(this.deps.random)
    const epoch = await driver.transaction(function* (): Work<number | null> {
      if ((yield* run(sql.CONFIRM, [now, step, userId, row.secret as string])) === 0) return null
      yield* replaceCodes(userId, recoveryCodes)
      return yield* endSessions(userId)
    })
    return epoch === null ? { ok: false, problem: 'none' } : { ok: true, recoveryCodes, epoch }
  }

  /** Whether this code of the app, or this recovery code, lets the person in; it never does again. */
  async use(userId: string, written: string): Promise<boolean> {
    const { driver, clock } = this.deps
    const now = clock.now()
    const code = digitsOf(written)
    if (!TOTP_CODE.test(code)) {
      const values = [now, userId, recoveryHash(written)]
      return (await driver.transaction(() => run(sql.USE_RECOVERY_CODE, values))) > 0
    }
    const [row] = await driver.read(sql.READ, [userId])
    const secret = row && this.#open(row, userId)
    const step = secret ? stepOfCode(secret, code, now) : null
    if (step === null) return false
    return (await driver.transaction(() => run(sql.USE_STEP, [step, userId, step]))) > 0
  }

  /** Ten new recovery codes, returned this once; the old ones end. Null where there is no second factor. */
  async renewCodes(userId: string): Promise<Secret[] | null> {
    const recoveryCodes = newRecoveryCodes(this.deps.random)
    return this.deps.driver.transaction(function* (): Work<Secret[] | null> {
      if ((yield* run(sql.LOCK, [userId])) === 0) return null
      yield* replaceCodes(userId, recoveryCodes)
      return recoveryCodes
    })
  }

  /** Takes the second factor away, also one that waits for its first code; false where there was none. */
  remove(userId: string): Promise<boolean> {
    return this.deps.driver.transaction(() => remove(userId))
  }

  /**
   * As `remove`, on behalf of somebody who cannot sign in. The device may be in other hands, so the person is signed out
   * everywhere.
   */
  reset(userId: string): Promise<boolean> {
    return this.deps.driver.transaction(() => reset(userId))
  }

  /** As `reset`, by an admin of every organization that the person belongs to. */
  resetBy(adminId: string, userId: string): Promise<ResetAnswer> {
    return this.deps.driver.transaction(function* (): Work<ResetAnswer> {
      const beyond = yield* all(sql.BEYOND_REACH, [userId, adminId])
      if (beyond.length > 0) return 'beyond_reach'
      return (yield* reset(userId)) ? 'done' : 'none'
    })
  }

  #open(row: Row, userId: string): Secret | null {
    const opened = this.deps.vault.open(row.secret as string, placeOf(userId))
    return opened.ok ? opened.secret : null
  }
}

/** A person belongs to no single organization, so the place names none. */
const placeOf = (userId: string): SealedPlace => ({
  organizationId: '',
  connectionId: userId,
  column: 'two_factors.secret',
})

/** Apps show codes in groups, such as `123 456`. */
const digitsOf = (code: string) => code.replace(/\s/g, '')

function* remove(userId: string): Work<boolean> {
  yield* run(sql.CLEAR_RECOVERY_CODES, [userId])
  return (yield* run(sql.REMOVE, [userId])) > 0
}

function* reset(userId: string): Work<boolean> {
  if (!(yield* remove(userId))) return false
  yield* endSessions(userId)
  return true
}

function* replaceCodes(userId: string, codes: readonly Secret[]): Work<void> {
  yield* run(sql.CLEAR_RECOVERY_CODES, [userId])
  for (const code of codes) yield* run(sql.INSERT_RECOVERY_CODE, [userId, recoveryHash(code.reveal())])
}
