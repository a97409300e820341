import { test } from '@japa/runner'
import fc from 'fast-check'
import { FAILURE_CLASSES, type FailureClass, type Provider, type TokenResult } from '#oauth/types'
import { decide } from '#token_refresh/refresh_policy'
import type { Claim, RecordFailure, StoreTokens } from '#token_refresh/types'
import {
  aClaim,
  aProvider,
  failure,
  HOUR,
  MINUTE,
  NOW,
  SECOND,
  success,
  TIMING,
} from '#tests/helpers/refresh_fixtures'

const provider = aProvider()

function judge(result: TokenResult, claim: Claim = aClaim(), at = NOW, of: Provider = provider) {
  return decide({ claim, provider: of, result, now: at, timing: TIMING, random: () => 0 })
}

function failed(kind: FailureClass, claim?: Claim, at = NOW, of?: Provider): RecordFailure {
  return judge(failure(kind), claim, at, of) as RecordFailure
}

test.group('Refresh policy | success', () => {
  test('an answer is stored with its expiry and the next refresh before it', ({ assert }) => {
    const decision = judge(success({ expiresIn: HOUR })) as StoreTokens
    assert.equal(decision.outcome, 'success')
    assert.equal(decision.tokenExpiresAt, NOW + HOUR)
    assert.equal(decision.expirySource, 'provider')
    assert.equal(decision.nextRefreshAt, NOW + HOUR - 5 * MINUTE)
  })

  test('a missing expires_in uses the documented lifetime, marked assumed', ({ assert }) => {
    const of = aProvider({ refresh: { assumedLifetime: '4h', margin: '1h' } })
    const decision = judge(success({ expiresIn: null }), undefined, NOW, of) as StoreTokens
    assert.equal(decision.tokenExpiresAt, NOW + 4 * HOUR)
    assert.equal(decision.expirySource, 'assumed')
    assert.equal(decision.nextRefreshAt, NOW + 3 * HOUR)
  })

  test('a success after a first strike is a recovery', ({ assert }) => {
    const decision = judge(success(), aClaim({ tokenRefreshFailedAt: NOW - MINUTE })) as StoreTokens
    assert.equal(decision.transition, 'recovered')
    assert.isNull((judge(success()) as StoreTokens).transition)
  })
})

test.group('Refresh policy | strikes', () => {
  for (const kind of ['rejected', 'unreadable', 'unknown'] as const) {
    test(`a first "${kind}" is a first strike with a retry 15 minutes later, and changes no status`, ({
      assert,
    }) => {
      const decision = failed(kind)
      assert.equal(decision.strike, 1)
      assert.equal(decision.tokenRefreshFailedAt, NOW)
      assert.equal(decision.nextRefreshAt, NOW + 15 * MINUTE)
      assert.equal(decision.status, 'connected')
      assert.isTrue(decision.isActive)
      assert.isTrue(decision.retryIsOwed)
      assert.equal(decision.transition, 'first_strike')
    })

    test(`a further "${kind}" of an account that is inactive already is no news`, ({ assert }) => {
      const inactive = { isActive: false, status: 'needs_reauth' }
      assert.isNull(failed(kind, aClaim(inactive)).transition)
      const struck = aClaim({ ...inactive, tokenRefreshFailedAt: NOW - 15 * MINUTE })
      assert.isNull(failed(kind, struck).transition)
    })

    test(`a second "${kind}" within 30 minutes deactivates`, ({ assert }) => {
      const decision = failed(kind, aClaim({ tokenRefreshFailedAt: NOW - 15 * MINUTE }))
      assert.equal(decision.strike, 2)
      assert.isFalse(decision.isActive)
      assert.isNull(decision.tokenRefreshFailedAt)
      assert.isNull(decision.nextRefreshAt)
      assert.equal(decision.status, kind === 'rejected' ? 'needs_reauth' : 'error')
      assert.equal(decision.transition, 'deactivated')
    })
  }

  test('a second strike later than the window counts as a first one', ({ assert }) => {
    const decision = failed('rejected', aClaim({ tokenRefreshFailedAt: NOW - 30 * MINUTE }))
    assert.equal(decision.strike, 1)
    assert.equal(decision.tokenRefreshFailedAt, NOW)
  })

  test('a second strike earlier than 60 s does not count and keeps the first one and its retry', ({
    assert,
  }) => {
    const first = NOW - 59 * SECOND
    const decision = failed('rejected', aClaim({ tokenRefreshFailedAt: first }))
    assert.equal(decision.strike, 0)
    assert.equal(decision.tokenRefreshFailedAt, first)
    assert.equal(decision.nextRefreshAt, first + 15 * MINUTE)
    assert.isTrue(decision.isActive)
  })

  test('a first strike in the future, from a clock that was set back, starts anew', ({ assert }) => {
    const decision = failed('rejected', aClaim({ tokenRefreshFailedAt: NOW + HOUR }))
    assert.equal(decision.strike, 1)
    assert.equal(decision.tokenRefreshFailedAt, NOW)
  })

  test('a provider with one strike deactivates at once', ({ assert }) => {
    const decision = failed('rejected', aClaim(), NOW, aProvider({ refresh: { strikes: 1 } }))
    assert.equal(decision.strike, 2)
    assert.equal(decision.status, 'needs_reauth')
  })

  test('a refusal after a send whose answer never came says so', ({ assert }) => {
    assert.equal(failed('rejected', aClaim({ openAttempts: 1 })).statusReason, 'lost_answer')
    const second = aClaim({ statusReason: 'lost_answer', tokenRefreshFailedAt: NOW - 15 * MINUTE })
    assert.equal(failed('rejected', second).statusReason, 'lost_answer')
  })

  test('a successor that lost a race is tried before any strike', ({ assert }) => {
    const decision = judge(failure('rejected'), aClaim({ spareRefreshToken: 'sealed-spare' }))
    assert.equal(decision.outcome, 'try_spare')
  })
})

test.group('Refresh policy | accounts out of service', () => {
  const inactive = { isActive: false, status: 'needs_reauth' }
  for (const kind of FAILURE_CLASSES) {
    test(`after "${kind}" nothing is owed to an account that is inactive`, ({ assert }) => {
      for (const claim of [
        aClaim(inactive),
        aClaim({ ...inactive, tokenRefreshFailedAt: NOW - 10 * SECOND }),
        aClaim({ ...inactive, tokenRefreshFailedAt: NOW - 15 * MINUTE }),
      ]) {
        const decision = failed(kind, claim)
        assert.isFalse(decision.isActive)
        assert.isNull(decision.nextRefreshAt)
        assert.isFalse(decision.retryIsOwed)
      }
    })
  }

  test('a refusal of an inactive account gives its successor a try all the same', ({ assert }) => {
    const claim = aClaim({ ...inactive, spareRefreshToken: 'sealed-spare' })
    assert.equal(judge(failure('rejected'), claim).outcome, 'try_spare')
  })
})

test.group('Refresh policy | what is not the account’s fault', () => {
  for (const kind of ['not_sent', 'configuration', 'rate_limited', 'unavailable', 'ambiguous'] as const) {
    test(`"${kind}" never strikes, however often, and leaves status and tokens alone`, ({ assert }) => {
      const decision = failed(kind, aClaim({ retryCount: 500 }))
      assert.equal(decision.strike, 0)
      assert.isTrue(decision.isActive)
      assert.equal(decision.status, 'connected')
      assert.isNull(decision.tokenRefreshFailedAt)
      assert.isAbove(decision.nextRefreshAt ?? 0, NOW)
    })

    test(`"${kind}" keeps a first strike that waits for its second`, ({ assert }) => {
      const decision = failed(kind, aClaim({ tokenRefreshFailedAt: NOW - 15 * MINUTE }))
      assert.equal(decision.tokenRefreshFailedAt, NOW - 15 * MINUTE)
    })

    test(`a token that lapses during "${kind}" is shown as expired and tried again`, ({ assert }) => {
      const decision = failed(kind, aClaim({ tokenExpiresAt: NOW - 1 }))
      assert.equal(decision.status, 'token_expired')
      assert.equal(decision.transition, 'lapsed')
      assert.isTrue(decision.isActive)
    })
  }

  test('retries wait 1, 2 and 4 s, and then longer up to five minutes', ({ assert }) => {
    const wait = (retryCount: number) =>
      (failed('unavailable', aClaim({ retryCount })).nextRefreshAt ?? 0) - NOW
    assert.deepEqual([0, 1, 2, 3].map(wait), [1000, 2000, 4000, 8000])
    assert.equal(wait(40), 5 * MINUTE)
  })

  test('a rate limit waits as told, is not counted, and without a time waits a minute', ({ assert }) => {
    const told = judge(failure('rate_limited', { retryAfter: 90 * SECOND })) as RecordFailure
    assert.equal(told.nextRefreshAt, NOW + 90 * SECOND)
    assert.equal(told.retryCount, 0)
    assert.equal(failed('rate_limited').nextRefreshAt, NOW + MINUTE)
  })

  test('an ambiguous answer stays in doubt and is replayed soon once, then rarely, at a strict provider', ({
    assert,
  }) => {
    const strict = aProvider({ refresh: { reuse: 'strict' } })
    const first = failed('ambiguous', aClaim(), NOW, strict)
    assert.isTrue(first.staysInDoubt)
    assert.isAtMost((first.nextRefreshAt ?? 0) - NOW, 2 * SECOND)
    const second = failed('ambiguous', aClaim({ openAttempts: 1, retryCount: 1 }), NOW, strict)
    assert.isAtLeast((second.nextRefreshAt ?? 0) - NOW, 5 * MINUTE)
  })

  test('where nothing rotates an ambiguous answer is retried like an outage', ({ assert }) => {
    const lax = aProvider({ refresh: { reuse: 'static', rotation: 'never' } })
    const decision = failed('ambiguous', aClaim({ openAttempts: 1, retryCount: 1 }), NOW, lax)
    assert.equal(decision.nextRefreshAt, NOW + 2 * SECOND)
  })

  test('a suspended account is marked so and left alone until a person acts', ({ assert }) => {
    const decision = failed('suspended')
    assert.equal(decision.status, 'suspended')
    assert.isTrue(decision.suspended)
    assert.isFalse(decision.isActive)
    assert.equal(decision.strike, 0)
  })

  test('a locked account becomes an error with no strike', ({ assert }) => {
    const decision = failed('locked')
    assert.equal(decision.status, 'error')
    assert.equal(decision.statusReason, 'locked')
    assert.equal(decision.strike, 0)
  })
})

test.group('Refresh policy | any history', () => {
  test('no sequence without a class that strikes ever deactivates', ({ assert }) => {
    const harmless = FAILURE_CLASSES.filter((kind) =>
      ['not_sent', 'configuration', 'rate_limited', 'unavailable', 'ambiguous'].includes(kind)
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...harmless), fc.nat(HOUR)), { maxLength: 40 }),
        (history) => {
          let claim = aClaim()
          let now = NOW
          for (const [kind, pause] of history) {
            now += pause
            const decision = failed(kind, claim, now)
            assert.isTrue(decision.isActive)
            assert.isNull(decision.tokenRefreshFailedAt)
            assert.isAbove(decision.nextRefreshAt ?? 0, now)
            claim = {
              ...claim,
              status: decision.status,
              statusReason: decision.statusReason,
              retryCount: decision.retryCount,
            }
          }
        }
      ),
      { seed: 20261121, numRuns: 500 }
    )
  })

  test('only two strikes between 60 s and 30 min apart deactivate', ({ assert }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 * HOUR), { minLength: 1, maxLength: 20 }), (pauses) => {
        let claim = aClaim()
        let now = NOW
        for (const pause of pauses) {
          now += pause
          const before = claim.tokenRefreshFailedAt
          const decision = failed('rejected', claim, now)
          const elapsed = before === null ? null : now - before
          const confirms =
            elapsed !== null && elapsed >= TIMING.strikeSpacing && elapsed < TIMING.strikeWindow
          assert.equal(decision.isActive, !confirms)
          if (confirms) return
          claim = { ...claim, tokenRefreshFailedAt: decision.tokenRefreshFailedAt }
        }
      }),
      { seed: 20261121, numRuns: 500 }
    )
  })
})
