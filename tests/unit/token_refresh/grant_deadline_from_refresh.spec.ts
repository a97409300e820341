import { test } from '@japa/runner'
import { decide } from '#token_refresh/refresh_policy'
import type { Claim, StoreTokens } from '#token_refresh/types'
import { aClaim, aProvider, HOUR, NOW, success, TIMING } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR
const idle = aProvider({ refresh: { grantLifetime: '180d', grantLifetimeFrom: 'refresh' } })

function endAfterRefresh(claim: Partial<Claim>): number | null {
  const decision = decide({
    claim: aClaim({ issuedAt: NOW - HOUR, ...claim }),
    provider: idle,
    result: success({ expiresIn: HOUR }),
    now: NOW,
    timing: TIMING,
    random: () => 0,
  }) as StoreTokens
  return decision.grantExpiresAt
}

test.group('Refresh policy | a grant that lives on with each refresh', () => {
  test('gets its whole life anew', ({ assert }) => {
    assert.equal(endAfterRefresh({ grantExpiresAt: NOW - HOUR + 180 * DAY }), NOW + 180 * DAY)
    assert.equal(endAfterRefresh({ grantExpiresAt: null }), NOW + 180 * DAY)
  })

  test('keeps an earlier end that the provider named at the consent', ({ assert }) => {
    const end = NOW + 7 * DAY - HOUR
    assert.equal(endAfterRefresh({ grantExpiresAt: end }), end)
  })
})
