import { test } from '@japa/runner'
import type { ProviderInput } from '#oauth/define_provider'
import type { Failure, FailureClass } from '#oauth/types'
import { adviceOn } from '#services/verification/advice'
import { findingOf, type Finding } from '#services/verification/finding'
import { judge } from '#services/verification/judge'
import { refreshCause } from '#services/verification/refresh_cause'
import type { Subject } from '#services/verification/subject'
import type { VerifyOptions } from '#services/verification/verification'
import { aProvider, HOUR, MINUTE, NOW, TIMING } from '#tests/helpers/refresh_fixtures'

function aSubject(overrides: Partial<Subject> = {}): Subject {
  return {
    connectionId: '00000000-0000-7000-8000-000000000002',
    organizationId: '00000000-0000-7000-8000-000000000003',
    parentId: null,
    provider: 'acme',
    owner: 'ana',
    accountId: '1',
    username: 'ana',
    displayName: 'Ana',
    avatarUrl: null,
    tokenType: 'oauth2',
    accessToken: 'sealed',
    tokenSecret: null,
    hasRefreshToken: true,
    issuedAt: NOW - HOUR,
    expiresAt: NOW + HOUR,
    grantExpiresAt: null,
    keepAliveUntil: null,
    keepAlive: null,
    nextRefreshAt: NOW + HOUR - 5 * MINUTE,
    tokenVersion: 1,
    grantGeneration: 1,
    status: 'connected',
    statusReason: null,
    errorCode: null,
    isActive: true,
    isPaused: false,
    isSuspended: false,
    tokenRefreshFailedAt: null,
    config: {},
    metadata: {},
    ...overrides,
  }
}

const failed = (kind: FailureClass, overrides: Partial<Failure> = {}): Failure => ({
  class: kind,
  code: kind,
  description: null,
  status: 400,
  retryAfter: null,
  ...overrides,
})

const passes: Finding = { type: 'accepted', profile: null }
const statik = { tokenType: 'static', hasRefreshToken: false, expiresAt: null, nextRefreshAt: null } as const
const dead = { status: 'needs_reauth', statusReason: 'rejected', isActive: false, nextRefreshAt: null }
const suspended = { status: 'suspended', statusReason: 'suspended', isSuspended: true, isActive: false }

function decide(finding: Finding, subject: Partial<Subject> = {}, provider: Partial<ProviderInput> = {}) {
  const about = { subject: aSubject(subject), provider: aProvider(provider), finding }
  return judge({ ...about, now: NOW, timing: TIMING, random: () => 0 })
}

function cause(
  finding: Finding | null,
  subject: Partial<Subject>,
  options: VerifyOptions = { autoRefresh: true }
) {
  return refreshCause(
    { subject: aSubject(subject), provider: aProvider(), options, now: NOW, tried: false },
    finding
  )
}

test.group('Verification | judgement', () => {
  test('only a word about token or account changes anything', ({ assert }) => {
    const classes: FailureClass[] = [
      'not_sent',
      'configuration',
      'rate_limited',
      'unavailable',
      'ambiguous',
      'unknown',
    ]
    for (const kind of classes) {
      const { change, transition, verdict } = decide(findingOf(failed(kind)), suspended)
      assert.isNull(change, kind)
      assert.isNull(transition, kind)
      assert.containSubset(verdict, { state: 'untested', reason: kind })
    }
  })

  test('a transient failure tells when trying again makes sense', ({ assert }) => {
    const { verdict } = decide(findingOf(failed('rate_limited', { retryAfter: 30_000 })))
    assert.equal(verdict.retryAt, NOW + 30_000)
  })

  test('a connection that is well is stamped and keeps its condition', ({ assert }) => {
    assert.deepEqual(decide(passes).change, { columns: { last_validated_at: NOW }, condition: false })
  })

  test('an accepted token does not clear a strike of the refresh token', ({ assert }) => {
    const { change, transition } = decide(passes, { tokenRefreshFailedAt: NOW - MINUTE })
    assert.isFalse(change!.condition)
    assert.isNull(transition)
  })

  test('an account that comes back is planned again; outside its window and without expiry nothing is planned', ({
    assert,
  }) => {
    const planOf = (subject: Partial<Subject>, provider: Partial<ProviderInput> = {}) =>
      decide(passes, { ...suspended, ...subject }, provider).change!.columns.next_refresh_at
    const windowed = { refresh: { keepAlive: 'while_authorized' as const } }
    assert.equal(planOf({}), NOW + HOUR - 5 * MINUTE)
    assert.equal(planOf({ expiresAt: NOW + MINUTE }), NOW)
    assert.isNull(planOf({}, windowed))
    assert.equal(planOf({ keepAliveUntil: NOW + 12 * HOUR }, windowed), NOW + HOUR - 5 * MINUTE)
    assert.isNull(planOf({ expiresAt: null }))
    assert.isNull(planOf(statik))
  })

  test('a released suspension and a released lock come back, a dead grant does not by its access token', ({
    assert,
  }) => {
    assert.equal(decide(passes, suspended).transition, 'recovered')
    const locked = { status: 'error', statusReason: 'locked', isActive: false }
    assert.equal(decide(passes, locked).transition, 'recovered')
    const { transition, verdict } = decide(passes, dead)
    assert.isNull(transition)
    assert.containSubset(verdict, { state: 'invalid', reason: 'needs_reauth' })
    assert.equal(decide(passes, { ...dead, ...statik }).transition, 'recovered')
  })

  test('a refused token that a refresh can renew strikes nobody; another one follows the two strikes', ({
    assert,
  }) => {
    const refused = findingOf(failed('rejected'))
    assert.deepEqual(decide(refused).change, { columns: { last_validated_at: NOW }, condition: false })
    const first = decide(refused, statik)
    assert.equal(first.transition, 'first_strike')
    assert.containSubset(first.change!.columns, {
      status: 'connected',
      is_active: true,
      token_refresh_failed_at: NOW,
      next_validation_at: NOW + 15 * MINUTE,
    })
    const second = decide(refused, { ...statik, tokenRefreshFailedAt: NOW - 15 * MINUTE })
    assert.equal(second.transition, 'deactivated')
    assert.containSubset(second.change!.columns, { status: 'needs_reauth', is_active: false })
    const early = decide(refused, { ...statik, tokenRefreshFailedAt: NOW - 30_000 })
    assert.isNull(early.transition)
    const unreadable = decide(findingOf(failed('unreadable')), {
      ...statik,
      tokenRefreshFailedAt: NOW - 15 * MINUTE,
    })
    assert.equal(unreadable.change!.columns.status, 'error')
    assert.isNull(decide(refused, { ...statik, ...dead }).transition)
  })

  test('the moment of a suspension stays that of its first sight', ({ assert }) => {
    const finding = findingOf(failed('suspended', { description: 'rules' }))
    assert.equal(decide(finding).change!.columns.suspended_at, NOW)
    const again = decide(finding, suspended)
    assert.notProperty(again.change!.columns, 'suspended_at')
    assert.isNull(again.transition)
  })

  test('names that the answer does not hold are never erased', ({ assert }) => {
    const profile = { id: '1', username: undefined, displayName: 'Ana B.' }
    const { columns } = decide({ type: 'accepted', profile }).change!
    assert.deepEqual(columns, { last_validated_at: NOW, display_name: 'Ana B.' })
  })
})

test.group('Verification | need of a refresh', () => {
  test('an expired token needs one, an expiring one where that was asked for', ({ assert }) => {
    assert.equal(cause(null, { expiresAt: NOW }), 'expired')
    assert.isNull(cause(null, { expiresAt: NOW + MINUTE }))
    assert.equal(
      cause(null, { expiresAt: NOW + MINUTE }, { autoRefresh: true, refreshExpiring: true }),
      'expiring'
    )
    assert.isNull(cause(null, {}, { autoRefresh: true, refreshExpiring: true }))
    assert.isNull(cause(null, { expiresAt: NOW, hasRefreshToken: false }))
  })

  test('a refused token needs one only with auto-refresh, and once', ({ assert }) => {
    const refused = findingOf(failed('rejected'))
    assert.equal(cause(refused, {}), 'refused')
    assert.isNull(cause(refused, {}, {}))
    assert.isNull(cause(refused, statik))
    const about = { subject: aSubject(), provider: aProvider(), options: { autoRefresh: true }, now: NOW }
    assert.isNull(refreshCause({ ...about, tried: true }, refused))
  })

  test('a child is renewed through its parent', ({ assert }) => {
    const refused = findingOf(failed('rejected'))
    assert.equal(cause(refused, { ...statik, parentId: 'the-parent' }), 'refused')
  })

  test('a dead grant is knocked at only where that was asked for; a suspended account is renewed like any', ({
    assert,
  }) => {
    const revive = { autoRefresh: true, revive: true }
    assert.isNull(cause(null, { ...dead, expiresAt: NOW }))
    assert.equal(cause(null, { ...dead, expiresAt: NOW }, revive), 'dead')
    assert.equal(cause(passes, dead, revive), 'dead')
    assert.isNull(cause(findingOf(failed('unavailable')), dead, revive))
    assert.equal(cause(null, { ...suspended, expiresAt: NOW }), 'expired')
  })
})

test.group('Verification | advice', () => {
  test('each reason has a sentence, and the provider’s own instruction comes first', ({ assert }) => {
    assert.equal(adviceOn({ reason: 'locked', instruction: 'Unlock it.' }).action, 'Unlock it.')
    for (const reason of ['rejected', 'suspended', 'paused', 'constructor']) {
      const { why, action } = adviceOn({ reason, instruction: null })
      assert.match(why, /\.$/, reason)
      assert.match(action, /\.$/, reason)
    }
  })
})
