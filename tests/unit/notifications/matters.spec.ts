import { test } from '@japa/runner'
import { toRounds } from '#notifications/closers'
import type { Draft } from '#notifications/drafts'
import { matterKey, toEventFacts } from '#notifications/event_facts'
import { judgeDraft, type OpenMatter } from '#notifications/matter_changes'
import type { Target } from '#notifications/routing'

const NOW = Date.UTC(2026, 10, 21, 12)
const settings = { gather: 30_000, matterWindow: 3_600_000 }

const facts = (values: Record<string, unknown> = {}) =>
  toEventFacts({
    ...{ id: 'event', name: 'connection.deactivated', severity: 'urgent', provider: 'acme' },
    ...{ connection_id: 'ana', tags: '[]', data: {}, created_at: NOW },
    ...values,
  })

const target = (channel: Target['channel'], values: Partial<Target> = {}): Target => ({
  ...{ channel, target: `${channel}:1`, dueAt: NOW + 30_000, isDigest: false },
  ...values,
})

const draft = (accounts: readonly (string | null)[], values: Partial<Draft> = {}): Draft => ({
  ...{ recipient: 'user:1', userId: '1', channelId: null, key: 'key', event: 'connection.deactivated' },
  ...{ provider: 'acme', cause: 'rejected', severity: 'high', data: {}, inInbox: true },
  targets: [target('email')],
  events: accounts.map((connectionId, index) => ({ id: `event-${index}`, connectionId })),
  ...values,
})

const open = (values: Partial<OpenMatter> = {}): OpenMatter => ({
  ...{ id: 'matter', count: 1, severity: 'high', inInbox: true, closesAt: NOW + 1, known: new Set() },
  items: [{ target: 'email:1', channel: 'email', deliveryId: 'first', dueAt: NOW + 60_000, waits: true }],
  ...values,
})

const judged = (one: Draft, matter: OpenMatter | null) => judgeDraft(one, matter, NOW, settings)

test.group('Matters', () => {
  test('what has no open matter opens one for an hour, with a message to each receiver', ({ assert }) => {
    const change = judged(draft(['ana', 'ben', 'ana']), null)
    assert.containSubset(change, { type: 'open', count: 2, closes: null, closesAt: NOW + 3_600_000 })
    assert.lengthOf(change.targets, 1)
  })

  test('events without an account count one by one', ({ assert }) => {
    assert.equal(judged(draft([null, null]), null).count, 2)
  })

  test('what joins makes no new message, and counts accounts once', ({ assert }) => {
    const change = judged(draft(['ana', 'ben']), open({ known: new Set(['ana']) }))
    assert.containSubset(change, { type: 'join', matterId: 'matter', count: 2, targets: [], hasten: [] })
  })

  test('a matter whose time is over is closed by the next one', ({ assert }) => {
    assert.containSubset(judged(draft(['ana']), open({ closesAt: NOW })), { type: 'open', closes: 'matter' })
  })

  test('{$i}: read at {before}, unread again at {after}: {unread}')
    .with([
      { before: 1, after: 2, unread: true },
      { before: 2, after: 3, unread: false },
      { before: 3, after: 4, unread: true },
      { before: 4, after: 7, unread: false },
      { before: 4, after: 9_000, unread: true },
    ])
    .run(({ assert }, { before, after, unread }) => {
      const accounts = Array.from({ length: after - before }, (_, index) => `account-${index}`)
      assert.containSubset(judged(draft(accounts), open({ count: before })), {
        becomesUnread: unread,
        count: after,
      })
    })

  test('a matter that becomes more severe is unread again, reaches further ways, and leaves sooner', ({
    assert,
  }) => {
    const soon = NOW + 10_000
    const targets = [target('email', { dueAt: soon }), target('push', { dueAt: soon })]
    const change = judged(draft(['ben'], { severity: 'urgent', targets }), open({ count: 2 }))
    assert.containSubset(change, { severity: 'urgent', becomesUnread: true })
    assert.deepEqual(change.targets, [targets[1]])
    assert.deepEqual(change.type === 'join' && change.hasten, [{ deliveryId: 'first', dueAt: soon }])
    assert.containSubset(judged(draft(['ben'], { targets }), open({ count: 2 })), { hasten: [] })
  })

  test('a webhook is told of what comes after its message has left, when the time is over', ({ assert }) => {
    const hook = draft(['ben'], { targets: [target('webhook')], channelId: 'hook' })
    const item = { target: 'webhook:1', channel: 'webhook', deliveryId: 'first', dueAt: NOW, waits: false }
    const closesAt = NOW + 1_000_000
    const after = judged(hook, open({ items: [item], closesAt }))
    assert.containSubset(after, { type: 'open', closes: 'matter', closesAt: closesAt + 3_600_000 })
    assert.equal(after.targets[0].dueAt, closesAt)
    assert.equal(judged(hook, open({ items: [{ ...item, waits: true }] })).type, 'join')
  })

  test('single refreshes are told to a webhook each half a minute', ({ assert }) => {
    const refreshed = draft(['ana'], { event: 'connection.refreshed', channelId: 'hook' })
    assert.containSubset(judged(refreshed, null), { closesAt: NOW + 30_000 })
  })
})

test.group('What belongs together', () => {
  const key = (values: Record<string, unknown>) => matterKey(facts(values))
  const first = key({ data: { cause: 'rejected' } })

  test('one event, provider and cause, whichever the account', ({ assert }) => {
    assert.equal(
      key({ connection_id: 'ben', data: { cause: 'rejected', description: 'other words' } }),
      first
    )
    assert.notEqual(key({ data: { cause: 'unknown' } }), first)
    assert.notEqual(key({ provider: 'other', data: { cause: 'rejected' } }), first)
    assert.notEqual(key({ name: 'connection.suspended', data: { cause: 'rejected' } }), first)
  })

  test('warnings of one day, alerts of one subject, troubles of one session', ({ assert }) => {
    for (const [one, other] of [
      [
        { reason: 'deadline', days: 14 },
        { reason: 'deadline', days: 1 },
      ],
      [
        { rule: 'error_rate', subject: 'job:a' },
        { rule: 'error_rate', subject: 'job:b' },
      ],
      [
        { session_id: 'a', reason: 'paused' },
        { session_id: 'b', reason: 'paused' },
      ],
    ])
      assert.notEqual(key({ data: one }), key({ data: other }))
  })

  test('a key that a column could not hold is cut', ({ assert }) => {
    const long = key({ data: { cause: 'x'.repeat(300), subject: 'y'.repeat(300) } })
    assert.lengthOf(long, 255)
    assert.equal(facts({ data: { cause: 'x'.repeat(300) } }).cause?.length, 64)
  })

  test('rows that no engine wrote are refused', ({ assert }) => {
    assert.throws(() => facts({ data: '[]' }), 'data is no object')
    assert.throws(() => facts({ data: 'null' }), 'data is no object')
    assert.throws(() => facts({ severity: 'loud' }), 'unknown severity')
  })

  test('an end and the trouble that follows it are never written together; strangers are', ({ assert }) => {
    const say = (words: string) =>
      words.split(' ').map((word) => {
        const [sign, account] = word
        return facts({
          name: sign === '-' ? 'connection.recovered' : 'connection.deactivated',
          ...{ connection_id: account, id: word },
        })
      })
    const rounds = (words: string) =>
      toRounds(say(words)).map(({ told, closers }) =>
        [told, closers].map((of) => of.map(({ id }) => id).join(' '))
      )
    assert.deepEqual(rounds('+a +b -a +c -b'), [['+a +b +c', '-a -b']])
    assert.deepEqual(rounds('+a -a +a -a'), [
      ['+a', '-a'],
      ['+a', '-a'],
    ])
  })

  test('connecting an account is told to who asks for it, and ends its warning', ({ assert }) => {
    const [round] = toRounds([facts({ name: 'connection.connected' })])
    assert.lengthOf(round.told, 1)
    assert.lengthOf(round.closers, 1)
  })
})
