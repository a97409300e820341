import { test } from '@japa/runner'
import { checkName, hoursProblem } from '#services/campaigns/refusals'
import type { MemberRow } from '#services/campaigns/rows'
import { judgeSession, rowProblem } from '#services/campaigns/session_rules'
import { grantProblem, replanned, type WindowToken } from '#services/campaigns/window_rules'
import { refused } from '#services/campaigns/window_words'
import type { Unhealthy } from '#services/health_check_service'
import { aProvider, HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const aToken = (values: Partial<WindowToken> = {}): WindowToken => ({
  status: 'connected',
  statusReason: null,
  isActive: true,
  isPaused: false,
  issuedAt: NOW,
  expiresAt: NOW + 4 * HOUR,
  grantExpiresAt: null,
  tokenRefreshFailedAt: null,
  nextRefreshAt: null,
  tokenType: 'oauth2',
  hasRefreshToken: true,
  keepAlive: null,
  ...values,
})

const aMember = (values: Partial<MemberRow> = {}): MemberRow => ({
  connectionId: 'c1',
  provider: 'acme',
  name: 'ana',
  ownerUserId: null,
  avatarUrl: null,
  status: 'connected',
  statusReason: null,
  isActive: true,
  pausedAt: null,
  tokenExpiresAt: NOW + HOUR,
  lastTokenRefreshAt: NOW,
  tokenRefreshFailedAt: null,
  nextRefreshAt: null,
  tokenVersion: 1,
  authorizedUntil: NOW + HOUR,
  authorizedAt: NOW,
  revokedAt: null,
  ...values,
})

test.group('Windows | what opens one', () => {
  const renewed = { status: 'refreshed', reason: 'refreshed', retryAt: null } as const
  const late = { status: 'skipped', reason: 'superseded', retryAt: null } as const
  const until = NOW + 12 * HOUR

  test('a refresh opens it while the token is good', ({ assert }) => {
    assert.isNull(grantProblem(renewed, aToken(), NOW, until))
    assert.isNull(grantProblem(renewed, aToken({ expiresAt: null }), NOW, until))
    assert.equal(grantProblem(renewed, aToken({ expiresAt: NOW }), NOW, until), 'expired')
    assert.equal(grantProblem(renewed, aToken({ isPaused: true }), NOW, until), 'paused')
    assert.equal(grantProblem(renewed, aToken({ isActive: false }), NOW, until), 'inactive')
    assert.equal(grantProblem(renewed, aToken({ tokenRefreshFailedAt: NOW }), NOW, until), 'refresh_retrying')
  })

  test('what failed, was held up or skipped opens nothing, whatever the old token is worth', ({ assert }) => {
    for (const reason of [
      'rejected',
      'unavailable',
      'provider_paused',
      'quarantine',
      'stopping',
      'abandoned',
    ]) {
      assert.equal(grantProblem({ status: 'failed', reason, retryAt: null }, aToken(), NOW, until), reason)
    }
  })

  test('a token that somebody else renewed counts while half of its life is left, or if it outlives the window', ({
    assert,
  }) => {
    const half = aToken({ issuedAt: NOW - 2 * HOUR, expiresAt: NOW + 2 * HOUR })
    assert.isNull(grantProblem(late, half, NOW, until))
    const less = aToken({ issuedAt: NOW - 2 * HOUR - 1, expiresAt: NOW + 2 * HOUR - 1 })
    assert.equal(grantProblem(late, less, NOW, until), 'expiring')
    assert.isNull(grantProblem(late, less, NOW, NOW + HOUR))
    assert.equal(grantProblem(late, aToken({ issuedAt: null }), NOW, until), 'expiring')
  })

  test('a token that nothing renews must outlive the window', ({ assert }) => {
    const tested = { status: 'skipped', reason: 'valid', retryAt: null, tested: true } as const
    assert.isNull(grantProblem(tested, aToken({ expiresAt: null }), NOW, until))
    assert.equal(grantProblem(tested, aToken(), NOW, until), 'no_refresh_path')
  })

  test('words for streamers never hold a code, and unknown reasons have some too', ({ assert }) => {
    assert.equal(refused('rejected', 'c1').reconnectPath, '/accounts/c1/reconnect')
    assert.isNull(refused('unavailable', 'c1').reconnectPath)
    assert.equal(refused('__proto__', 'c1').why, 'The access could not be renewed.')
  })
})

test.group('Windows | what they plan', () => {
  const windowed = aProvider({ refresh: { margin: '1h', keepAlive: 'while_authorized' } })
  const plan = (token: Partial<WindowToken>, keepAliveUntil: number | null, provider = windowed) =>
    replanned(provider, aToken(token), keepAliveUntil, NOW, () => 0)

  test('a parked channel is planned within its window, and not beyond it', ({ assert }) => {
    assert.equal(plan({}, NOW + 12 * HOUR), NOW + 3 * HOUR)
    assert.isNull(plan({}, NOW + 2 * HOUR))
    assert.isNull(plan({}, null))
    assert.equal(plan({ expiresAt: NOW - HOUR, issuedAt: NOW - 5 * HOUR }, NOW + HOUR), NOW)
    assert.isNull(plan({ isActive: false }, NOW + 12 * HOUR))
    assert.isNull(plan({ hasRefreshToken: false }, NOW + 12 * HOUR))
  })

  test('a plan stands within the window, and ends with it unless a strike waits for its retry', ({
    assert,
  }) => {
    const planned = { nextRefreshAt: NOW + 3 * HOUR }
    assert.equal(plan(planned, NOW + 3 * HOUR), NOW + 3 * HOUR)
    assert.isNull(plan(planned, NOW + HOUR))
    assert.equal(plan({ ...planned, tokenRefreshFailedAt: NOW }, null), NOW + 3 * HOUR)
  })

  test('where grants are kept alive always, windows change nothing', ({ assert }) => {
    const always = aProvider()
    assert.equal(plan({ nextRefreshAt: NOW + 3 * HOUR }, null, always), NOW + 3 * HOUR)
    assert.equal(plan({ keepAlive: 'always' }, null), NOW + 3 * HOUR)
    assert.isNull(plan({ nextRefreshAt: NOW, keepAlive: 'while_authorized' }, null, always))
  })
})

test.group('Sessions | how they stand', () => {
  const finding = (reason: string): Unhealthy => ({
    ...{ connectionId: 'c1', provider: 'acme', username: 'ana', reason, errorCode: 'raw_code' },
    ...{ retryAt: null, why: 'Why.', action: 'Act.' },
  })
  const judge = (
    member: Partial<MemberRow>,
    before: ReturnType<typeof judgeSession>['troubles'] = [],
    checked: Unhealthy[] | null = null
  ) => judgeSession({ before, members: [aMember(member)], checked, now: NOW })

  test('a row tells by itself: window, pause, status, expiry', ({ assert }) => {
    const told: [Partial<MemberRow>, string | null][] = [
      [{}, null],
      [{ tokenRefreshFailedAt: NOW }, null],
      [{ authorizedUntil: null }, 'no_window'],
      [{ revokedAt: NOW }, 'no_window'],
      [{ authorizedUntil: NOW }, 'window_closed'],
      [{ pausedAt: NOW }, 'paused'],
      [{ status: 'needs_reauth', isActive: false }, 'needs_reauth'],
      [{ status: 'error', statusReason: 'locked' }, 'locked'],
      [{ isActive: false }, 'inactive'],
      [{ tokenExpiresAt: NOW }, 'expired'],
    ]
    for (const [values, reason] of told) assert.equal(rowProblem(aMember(values), NOW), reason)
  })

  test('what a row says is over when it says so no more; what a check found lasts until the next check', ({
    assert,
  }) => {
    const paused = judge({ pausedAt: NOW }).troubles
    assert.deepInclude(judge({}, paused), { troubles: [], changed: true, checkNow: true })
    const refusedToken = judge({}, [], [finding('rejected')]).troubles
    assert.deepInclude(judge({}, refusedToken), { troubles: refusedToken, changed: false, checkNow: false })
    assert.isTrue(judge({ tokenVersion: 2 }, refusedToken).checkNow)
    assert.deepInclude(judge({}, refusedToken, []), { troubles: [], changed: true })
  })

  test('trouble is fresh once for each token', ({ assert }) => {
    const first = judge({ pausedAt: NOW })
    assert.lengthOf(first.fresh, 1)
    assert.lengthOf(judge({ pausedAt: NOW }, first.troubles).fresh, 0)
    assert.lengthOf(judge({ pausedAt: NOW, tokenVersion: 2 }, first.troubles).fresh, 1)
  })

  test('a check that met trouble on its way accuses nobody, and no code of a provider is kept', ({
    assert,
  }) => {
    assert.lengthOf(judge({}, [], [finding('unavailable')]).troubles, 0)
    assert.notInclude(JSON.stringify(judge({}, [], [finding('rejected')]).troubles), 'raw_code')
  })
})

test.group('Campaigns | what people may enter', () => {
  test('a window lasts one to 72 whole hours', ({ assert }) => {
    for (const hours of [1, 12, 72]) assert.isNull(hoursProblem(hours))
    for (const hours of [0, 73, 1.5, Number.NaN, '12', null]) assert.isString(hoursProblem(hours))
  })

  test('a name is trimmed, and has one to 120 ordinary characters', ({ assert }) => {
    assert.deepEqual(checkName('  Friday night  '), { name: 'Friday night' })
    for (const name of ['', '   ', 'x'.repeat(121), 'a\u0000b', '\ud800', 7, undefined]) {
      assert.property(checkName(name), 'problem')
    }
  })
})
