import { test } from '@japa/runner'
import fc from 'fast-check'
import { FAILURE_CLASSES, type FailureClass, type TokenResult } from '#oauth/types'
import { decide } from '#token_refresh/refresh_policy'
import type { Claim, RecordFailure, StoreTokens } from '#token_refresh/types'
import {
  aClaim,
  aProvider,
  aTokenSet,
  failure,
  HOUR,
  NOW,
  success,
  TIMING,
} from '#tests/helpers/refresh_fixtures'

const SEEDS = [1, 20_261_121, -77]
const RUNS_EACH = 3_000

const STRIKING: FailureClass[] = ['rejected', 'unreadable', 'unknown']
const STOPPING: FailureClass[] = ['suspended', 'locked']
const TRANSIENT: FailureClass[] = ['not_sent', 'unavailable', 'ambiguous']

interface Event {
  kind: FailureClass | 'success'
  /** Since the event before, in milliseconds; below zero the clock was set back. */
  after: number
  retryAfter: number | null
  expiresIn: number | null
  random: number
}

const EVENT: fc.Arbitrary<Event> = fc.record({
  kind: fc.constantFrom(...FAILURE_CLASSES, ...FAILURE_CLASSES, 'success' as const),
  after: fc.oneof(
    fc.constantFrom(0, 1, 59_999, 60_000, 899_999, 900_000, 1_799_999, 1_800_000, HOUR, -1, -HOUR),
    fc.integer({ min: 0, max: 40 * 60_000 })
  ),
  retryAfter: fc.option(fc.integer({ min: 1_000, max: 86_400_000 })),
  expiresIn: fc.option(fc.integer({ min: 1_000, max: 400 * 86_400_000 })),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

const PROVIDER = fc
  .record({
    strikes: fc.constantFrom(1 as const, 2 as const),
    reuse: fc.constantFrom('static' as const, 'until_used' as const, 'strict' as const, 'unknown' as const),
    assumedLifetime: fc.constantFrom('4h', null),
  })
  .map((refresh) => aProvider({ refresh }))

const HISTORY = fc.array(EVENT, { minLength: 1, maxLength: 20 })

function resultOf({ kind, retryAfter, expiresIn }: Event): TokenResult {
  return kind === 'success' ? success(aTokenSet({ expiresIn })) : failure(kind, { retryAfter })
}

/** The claim that follows, as the store leaves the row: active ones only are claimed without force. */
function afterFailure(claim: Claim, decision: RecordFailure): Claim {
  const { status, statusReason, tokenRefreshFailedAt, isActive, retryCount, staysInDoubt } = decision
  const openAttempts = staysInDoubt ? claim.openAttempts + 1 : 0
  return { ...claim, status, statusReason, tokenRefreshFailedAt, isActive, retryCount, openAttempts }
}

function afterSuccess(claim: Claim, { tokenExpiresAt, grantExpiresAt }: StoreTokens): Claim {
  const clean = { status: 'connected', statusReason: null, tokenRefreshFailedAt: null, isActive: true }
  return { ...claim, ...clean, tokenExpiresAt, grantExpiresAt, retryCount: 0, openAttempts: 0 }
}

/** Says what is wrong with a decision; null where nothing is. The history that counts is kept outside the policy. */
class Judge {
  /** When the strike fell that still waits for its second. */
  firstStrikeAt: number | null = null

  failure(
    event: Event,
    claim: Claim,
    decision: RecordFailure,
    now: number,
    strikes: 1 | 2,
    transient: boolean
  ) {
    const kind = event.kind as FailureClass
    const strikesAtAll = STRIKING.includes(kind) || (transient && TRANSIENT.includes(kind))
    if (decision.nextRefreshAt !== null && decision.nextRefreshAt <= now) return 'is due in the past'
    if (decision.isActive && decision.nextRefreshAt === null) return 'is active but never due again'
    if (!strikesAtAll && decision.strike > 0) return `${kind} strikes`
    if (!strikesAtAll && !STOPPING.includes(kind)) {
      if (decision.isActive !== claim.isActive) return `${kind} changes the activity`
      if (decision.tokenRefreshFailedAt !== claim.tokenRefreshFailedAt)
        return `${kind} touches the first strike`
    }
    if (!decision.isActive && claim.isActive && !STOPPING.includes(kind)) {
      const elapsed = this.firstStrikeAt === null ? null : now - this.firstStrikeAt
      const counts = elapsed !== null && elapsed >= TIMING.strikeSpacing && elapsed < TIMING.strikeWindow
      if (strikes === 2 && !counts) return `deactivated ${elapsed} ms after the first strike`
    }
    if (decision.strike === 1) this.firstStrikeAt = now
    if (decision.tokenRefreshFailedAt === null) this.firstStrikeAt = null
    return null
  }

  success(decision: StoreTokens, now: number) {
    this.firstStrikeAt = null
    const { tokenExpiresAt, nextRefreshAt } = decision
    if (nextRefreshAt !== null && nextRefreshAt <= now) return 'is due in the past'
    if (tokenExpiresAt === null && nextRefreshAt !== null) return 'is due without an end'
    const long = tokenExpiresAt !== null && tokenExpiresAt - now >= 10_000
    if (long && nextRefreshAt === null) return 'a lasting token is never due'
    return nextRefreshAt !== null && tokenExpiresAt !== null && nextRefreshAt >= tokenExpiresAt
      ? 'is due after its end'
      : null
  }
}

test.group('Refresh policy | any history', () => {
  for (const transientStrikes of [false, true]) {
    test(
      `deactivates by two counting strikes or a stop only, and is always due again (transientStrikes ${transientStrikes}, seed {$self})`
    )
      .with(SEEDS)
      .run(({ assert }, seed) => {
        const timing = { ...TIMING, transientStrikes }
        const property = fc.property(PROVIDER, HISTORY, (provider, history) => {
          const judge = new Judge()
          let claim = aClaim()
          let now = NOW
          for (const event of history) {
            now += event.after
            const decision = decide({
              claim,
              provider,
              result: resultOf(event),
              now,
              timing,
              random: () => event.random,
            })
            if (decision.outcome === 'try_spare') throw new Error('there is no spare')
            const wrong =
              decision.outcome === 'success'
                ? judge.success(decision, now)
                : judge.failure(event, claim, decision, now, provider.refresh.strikes, transientStrikes)
            if (wrong) throw new Error(`${event.kind}: ${wrong}`)
            claim =
              decision.outcome === 'success' ? afterSuccess(claim, decision) : afterFailure(claim, decision)
            if (!claim.isActive) return
          }
        })
        fc.assert(property, { numRuns: RUNS_EACH, seed })
        assert.isTrue(true)
      })
      .timeout(30_000)
  }

  test('any success after any trouble counts as a recovery, and after none it does not', ({ assert }) => {
    const troubled = fc.record({
      status: fc.constantFrom('connected', 'token_expired', 'needs_reauth', 'error'),
      isActive: fc.boolean(),
      tokenRefreshFailedAt: fc.option(fc.constant(NOW - HOUR)),
    })
    const property = fc.property(troubled, (changes) => {
      const claim = aClaim(changes)
      const input = {
        claim,
        provider: aProvider(),
        result: success(),
        now: NOW,
        timing: TIMING,
        random: () => 0,
      }
      const sound =
        changes.status === 'connected' && changes.isActive && changes.tokenRefreshFailedAt === null
      return (decide(input) as StoreTokens).transition === (sound ? null : 'recovered')
    })
    fc.assert(property, { numRuns: 200, seed: SEEDS[0] })
    assert.isTrue(true)
  })
})
