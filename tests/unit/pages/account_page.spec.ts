import { test } from '@japa/runner'
import { stateSpans } from '#services/account_states'
import { HEALTH_WORDS, type Health } from '#services/connection_health'
import { accountScopes } from '#transformers/account_scopes'
import { accountWhy } from '#transformers/account_why'
import { refreshNotice } from '#transformers/refresh_notice'
import { accountForm } from '#validators/account_form'

const t = (key: string) => key
const INPUT = {
  ...{ status: 'connected', reason: null, provider: 'Acme', gate: null, known: null },
  ...{
    firstStrike: false,
    inDoubt: false,
    noWindow: false,
    hasRefreshToken: true,
    tokenEnds: true,
    endsSoon: false,
    deadParent: null,
  },
}
const ACCOUNT = { connectedAt: 0, grantedAt: 0, pausedAt: null, health: 'healthy' as Health }

test.group('The page of an account', () => {
  test('every condition but a good one is explained: its cause, and what happens next', ({ assert }) => {
    for (const health of HEALTH_WORDS) {
      const why = accountWhy({ ...INPUT, health }, t)
      if (health === 'healthy' || health === 'refreshing') assert.isNull(why)
      else {
        assert.match(why!.cause, /^account\.why\.cause\.\w+$/)
        assert.match(why!.next, /^account\.why\.next\.\w+$/)
      }
    }
  })

  test('no sweep is promised outside an authorization window', ({ assert }) => {
    const why = accountWhy({ ...INPUT, health: 'due', noWindow: true }, t)
    assert.deepEqual(why, {
      cause: 'account.why.cause.no_window',
      next: 'account.why.next.no_window',
      person: 'account.why.person.no_window',
      link: undefined,
    })
  })

  test('a token without a known end is reconnected when its provider refuses it, not before an end', ({
    assert,
  }) => {
    const personOf = (tokenEnds: boolean) => accountWhy({ ...INPUT, health: 'static', tokenEnds }, t)?.person
    assert.equal(personOf(true), 'account.why.person.static')
    assert.equal(personOf(false), 'account.why.person.static_endless')
  })

  test('a reason that nobody foresaw is explained by the status', ({ assert }) => {
    const why = accountWhy({ ...INPUT, health: 'reconnect', status: 'error', reason: 'new_word' }, t)
    assert.equal(why?.cause, 'account.why.cause.dead_unknown')
    assert.equal(why?.person, 'account.why.person.dead_unknown')
  })

  test('a refresh that failed names its entry in the log, if it came to one', ({ assert }) => {
    const speech = { t, words: { span: String, until: String }, now: 0 }
    const failed = {
      status: 'failed' as const,
      reason: 'rejected' as const,
      connectionId: 'c',
      errorCode: null,
    }
    const times = { oldExpiresAt: null, newExpiresAt: null, retryAt: null, strike: 1 }
    const event = (attemptId: string | null) =>
      refreshNotice({ ...failed, ...times, attemptId }, speech).event
    assert.equal(event('a-1'), '/activity/a-1')
    assert.isUndefined(event(null))
  })

  test('scopes that are wanted and were not granted are missing, each once', ({ assert }) => {
    const states = (granted: string[], wanted: string[], demanded: string[], hasRefreshToken = false) =>
      accountScopes(granted, wanted, demanded, hasRefreshToken).map(({ name, state }) => `${name} ${state}`)
    assert.deepEqual(states(['a'], ['a', 'b'], ['b', 'c']), ['a granted', 'b missing', 'c missing'])
    assert.deepEqual(states([], ['a'], []), [], 'a provider that tells of none granted what was asked for')
    assert.deepEqual(states([], ['a'], ['c']), ['c missing'])
    const offline = ['a', 'offline_access']
    assert.deepEqual(states(['a'], offline, []), ['a granted', 'offline_access missing'])
    assert.deepEqual(
      states(['a'], offline, [], true),
      ['a granted'],
      'a refresh token came without being told'
    )
  })

  test('conditions follow one another without gap, and equal ones are one', ({ assert }) => {
    const marks = [
      { at: 20, health: 'retrying' as const },
      { at: 30, health: 'reconnect' as const },
      { at: 60, health: 'healthy' as const },
      { at: 70, health: 'healthy' as const },
    ]
    assert.deepEqual(stateSpans(marks, ACCOUNT, { from: 10, to: 100 }), [
      { from: 10, to: 20, health: 'healthy' },
      { from: 20, to: 30, health: 'retrying' },
      { from: 30, to: 60, health: 'reconnect' },
      { from: 60, to: 100, health: 'healthy' },
    ])
  })

  test('what it is now ends the strip: a pause from its beginning, a token that is due as well', ({
    assert,
  }) => {
    const paused = { ...ACCOUNT, health: 'paused' as const, pausedAt: 50 }
    assert.deepEqual(stateSpans([], paused, { from: 10, to: 100 }), [
      { from: 10, to: 50, health: 'healthy' },
      { from: 50, to: 100, health: 'paused' },
    ])
    const due = { ...ACCOUNT, health: 'due' as const }
    assert.deepEqual(stateSpans([], due, { from: 10, to: 100 }), [{ from: 10, to: 100, health: 'healthy' }])
    const young = { ...ACCOUNT, connectedAt: 40, grantedAt: 40 }
    assert.equal(
      stateSpans([], young, { from: 10, to: 100 })[0].from,
      40,
      'before it was connected it was nothing'
    )
  })

  test('the form of settings takes Japanese commas, too, and tells every field that is wrong', ({
    assert,
  }) => {
    const good = accountForm({ tags: 'vip、金曜, vip', margin: ' 5 ' })
    assert.containSubset(good, { ok: true, form: { tags: ['vip', '金曜'], refreshMargin: 300_000 } })
    const bad = accountForm({ tags: 'x'.repeat(65), margin: '1.5', jitter: '51', notes: 'x'.repeat(2_001) })
    assert.deepEqual(bad.ok || bad.problems.map(({ field }) => field), ['tags', 'notes', 'margin', 'jitter'])
  })
})
