import { test } from '@japa/runner'
import type { ProviderInput } from '#oauth/define_provider'
import { decide } from '#token_refresh/refresh_policy'
import { tooYoungUntil } from '#token_refresh/refresh_schedule'
import type { Claim, StoreTokens } from '#token_refresh/types'
import type { TokenSet } from '#oauth/types'
import { aClaim, aProvider, HOUR, MINUTE, NOW, success, TIMING } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR

const refreshRequest = () => ({ method: 'GET' as const, url: 'https://acme.example/exchange', headers: {} })

/** A provider whose refresh presents the access token, as Meta's does. */
const exchanging = (refresh: ProviderInput['refresh'] = {}) =>
  aProvider({ refresh: { margin: '7d', assumedLifetime: '60d', ...refresh }, refreshRequest })

/** The token of 60 days of such a provider, five days before its end. */
const held = (overrides: Partial<Claim> = {}) =>
  aClaim({ refreshToken: null, issuedAt: NOW - 55 * DAY, tokenExpiresAt: NOW + 5 * DAY, ...overrides })

function stored(answer: Partial<TokenSet>, claim: Claim, provider = exchanging(), random = 0): StoreTokens {
  const result = success({ refresh_token: null, ...answer })
  return decide({ claim, provider, result, now: NOW, timing: TIMING, random: () => random }) as StoreTokens
}

test.group('Fresh tokens | an exchange', () => {
  test('that extended the token is an ordinary refresh', ({ assert }) => {
    const decision = stored({ expiresIn: 60 * DAY }, held())
    assert.deepInclude(decision, { tokenExpiresAt: NOW + 60 * DAY, statusReason: null, transition: null })
    assert.equal(decision.nextRefreshAt, NOW + 53 * DAY)
  })

  test('that did not extend it is stored, but told as such, and the token’s end is the grant’s', ({
    assert,
  }) => {
    const decision = stored({ expiresIn: 5 * DAY }, held())
    assert.deepInclude(decision, {
      outcome: 'success',
      tokenExpiresAt: NOW + 5 * DAY,
      grantExpiresAt: NOW + 5 * DAY,
      statusReason: 'not_extended',
      transition: 'not_extended',
    })
  })

  test('counts as extended only by more than an hour', ({ assert }) => {
    assert.equal(stored({ expiresIn: 5 * DAY + HOUR }, held()).statusReason, 'not_extended')
    assert.isNull(stored({ expiresIn: 5 * DAY + HOUR + 1 }, held()).statusReason)
  })

  test('soon after another one is not blamed for the little that a full life adds', ({ assert }) => {
    const young = held({ issuedAt: NOW - 10 * MINUTE, tokenExpiresAt: NOW + 60 * DAY - 10 * MINUTE })
    assert.isNull(stored({ expiresIn: 60 * DAY }, young).statusReason)
    assert.equal(stored({ expiresIn: 60 * DAY - 10 * MINUTE }, young).statusReason, 'not_extended')
  })

  test('that names no expiry has extended nothing that could be counted on', ({ assert }) => {
    const decision = stored({ expiresIn: null }, held())
    assert.deepInclude(decision, {
      tokenExpiresAt: NOW + 5 * DAY,
      statusReason: 'not_extended',
      expirySource: 'assumed',
    })
    assert.equal(stored({ expiresIn: null }, held({ tokenExpiresAt: null })).tokenExpiresAt, NOW + 60 * DAY)
  })

  test('is tried again each day within the margin, once more before the end, and at the end', ({
    assert,
  }) => {
    const next = (left: number) =>
      stored({ expiresIn: left }, held({ tokenExpiresAt: NOW + left })).nextRefreshAt
    assert.equal(next(30 * DAY), NOW + 23 * DAY)
    assert.equal(next(5 * DAY), NOW + DAY)
    assert.equal(next(DAY), NOW + DAY - HOUR)
    assert.equal(next(2 * HOUR), NOW + 2 * HOUR)
  })

  test('is told once as a change; each later one keeps the first deadline', ({ assert }) => {
    const known = held({ statusReason: 'not_extended', grantExpiresAt: NOW + 5 * DAY - 7_000 })
    const decision = stored({ expiresIn: 5 * DAY }, known)
    assert.isNull(decision.transition)
    assert.equal(decision.statusReason, 'not_extended')
    assert.equal(decision.grantExpiresAt, NOW + 5 * DAY - 7_000)
  })

  test('that extends after all takes the reason and the deadline away', ({ assert }) => {
    const tried = { issuedAt: NOW - DAY, statusReason: 'not_extended' }
    const known = held({ ...tried, grantExpiresAt: NOW + 5 * DAY })
    const decision = stored({ expiresIn: 60 * DAY }, known)
    assert.deepInclude(decision, { statusReason: null, grantExpiresAt: null })
    const renewing = exchanging({ grantLifetime: '60d', grantLifetimeFrom: 'refresh' })
    assert.equal(stored({ expiresIn: 60 * DAY }, known, renewing).grantExpiresAt, NOW + 60 * DAY)
  })

  test('a provider with refresh tokens is never said not to extend', ({ assert }) => {
    const claim = aClaim({ tokenExpiresAt: NOW + 5 * DAY })
    const decision = stored({ expiresIn: HOUR }, claim, aProvider())
    assert.isNull(decision.statusReason)
    assert.equal(decision.tokenExpiresAt, NOW + HOUR)
  })
})

test.group('Fresh tokens | the life of the grant', () => {
  const lasting = (from: 'consent' | 'refresh') =>
    aProvider({ refresh: { grantLifetime: '180d', grantLifetimeFrom: from } })

  test('that runs from the consent stays; one that runs from the refresh begins anew', ({ assert }) => {
    const claim = aClaim({ issuedAt: NOW - 170 * DAY, grantExpiresAt: NOW + 10 * DAY })
    assert.equal(stored({}, claim, lasting('consent')).grantExpiresAt, NOW + 10 * DAY)
    assert.equal(stored({}, claim, lasting('refresh')).grantExpiresAt, NOW + 180 * DAY)
  })

  test('a value in the answer wins over both', ({ assert }) => {
    const claim = aClaim({ grantExpiresAt: NOW + 10 * DAY })
    for (const from of ['consent', 'refresh'] as const) {
      const decision = stored({ grantExpiresIn: 20 * DAY }, claim, lasting(from))
      assert.equal(decision.grantExpiresAt, NOW + 20 * DAY)
    }
  })

  test('a provider that counts down does not move the deadline to and fro', ({ assert }) => {
    const claim = aClaim({ grantExpiresAt: NOW + 10 * DAY })
    for (const drift of [-5_000, 5_000]) {
      const decision = stored({ grantExpiresIn: 10 * DAY + drift }, claim, lasting('consent'))
      assert.equal(decision.grantExpiresAt, NOW + 10 * DAY)
    }
  })
})

test.group('Fresh tokens | the age that a provider asks for', () => {
  test('the next refresh is not planned before it', ({ assert }) => {
    const provider = aProvider({ refresh: { minimumAge: '24h', margin: '1h', assumedLifetime: '60d' } })
    assert.equal(stored({ expiresIn: 2 * HOUR }, aClaim(), provider).nextRefreshAt, NOW + DAY)
    assert.equal(stored({ expiresIn: 60 * DAY }, aClaim(), provider).nextRefreshAt, NOW + 60 * DAY - HOUR)
  })

  test('a token is too young until then; one of unknown age, or from the future, never is', ({ assert }) => {
    assert.equal(tooYoungUntil(NOW - DAY + 1, DAY, NOW), NOW + 1)
    assert.isNull(tooYoungUntil(NOW - DAY, DAY, NOW))
    assert.isNull(tooYoungUntil(null, DAY, NOW))
    assert.isNull(tooYoungUntil(NOW + 10 * DAY, DAY, NOW))
    assert.isNull(tooYoungUntil(NOW, 0, NOW))
  })
})

test.group('Fresh tokens | a connection’s own margin', () => {
  const planned = (refreshMargin: number | null) => {
    const provider = aProvider({ refresh: { margin: '5m' } })
    const claim = aClaim({ refreshMargin })
    const result = success({ expiresIn: 4 * HOUR })
    const decision = decide({ claim, provider, result, now: NOW, timing: TIMING, random: () => 0 })
    return NOW + 4 * HOUR - (decision as StoreTokens).nextRefreshAt!
  }

  test('has its token refreshed earlier, at most after half of its life', ({ assert }) => {
    assert.equal(planned(90 * MINUTE), 90 * MINUTE)
    assert.equal(planned(10 * HOUR), 2 * HOUR)
  })

  test('never makes it later than the provider’s definition says', ({ assert }) => {
    assert.equal(planned(MINUTE), 5 * MINUTE)
    assert.equal(planned(null), 5 * MINUTE)
  })
})
