import { test } from '@japa/runner'
import fc from 'fast-check'
import { nextRefreshAt } from '#token_refresh/refresh_schedule'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'

const plan = (life: number | null, margin: number, random = 0, grant: number | null = null) =>
  nextRefreshAt(
    { issuedAt: NOW, expiresAt: life === null ? null : NOW + life, grantExpiresAt: grant },
    margin,
    () => random
  )

test.group('Refresh schedule', () => {
  test('a token is due its margin before it expires', ({ assert }) => {
    assert.equal(plan(4 * HOUR, HOUR), NOW + 3 * HOUR)
  })

  test('jitter brings it forward by at most a tenth of the margin', ({ assert }) => {
    assert.equal(plan(4 * HOUR, HOUR, 0.999), Math.round(NOW + 3 * HOUR - 0.0999 * HOUR))
  })

  test('the margin is at most half of the life, so that a short-lived token does not spin', ({ assert }) => {
    assert.equal(plan(MINUTE, 5 * MINUTE), NOW + 30 * SECOND)
  })

  test('a life under ten seconds is served on demand only', ({ assert }) => {
    assert.isNull(plan(9 * SECOND, MINUTE))
    assert.isNotNull(plan(10 * SECOND, MINUTE))
  })

  test('an unknown expiry plans nothing', ({ assert }) => {
    assert.isNull(plan(null, HOUR))
  })

  test('a grant that ends before the token is refreshed in time', ({ assert }) => {
    assert.equal(plan(60 * 24 * HOUR, HOUR, 0, NOW + 24 * HOUR), NOW + 23 * HOUR)
  })

  test('whatever the life, margin and jitter, the plan lies within the life and never earlier than 45 % of it', ({
    assert,
  }) => {
    const property = fc.property(
      fc.integer({ min: 10 * SECOND, max: 400 * 24 * HOUR }),
      fc.integer({ min: SECOND, max: 30 * 24 * HOUR }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (life, margin, random) => {
        const at = plan(life, margin, random) ?? 0
        assert.isAtLeast(at, NOW + Math.floor(life * 0.45))
        assert.isBelow(at, NOW + life)
      }
    )
    fc.assert(property, { seed: 20261121, numRuns: 2000 })
  })
})
