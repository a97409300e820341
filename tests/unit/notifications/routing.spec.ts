import { test } from '@japa/runner'
import { toEventFacts, type ToldEvent } from '#notifications/event_facts'
import { route, type Listeners, type Person, type Told } from '#notifications/routing'
import type { Rule } from '#notifications/rule_match'
import { NO_NUMBERS } from '#notifications/rule_numbers'

const NOW = Date.UTC(2026, 10, 21, 12)
const timing = { now: NOW, gather: 30_000 }

const anEvent = (values: Record<string, unknown> = {}) =>
  toEventFacts({
    id: 'event',
    name: 'connection.deactivated',
    severity: 'urgent',
    provider: 'acme',
    connection_id: 'ana',
    tags: ['vip'],
    data: {},
    created_at: NOW,
    ...values,
  }) as ToldEvent

const aPerson = (userId: string, values: Partial<Person> = {}): Person => ({
  ...{ userId, role: 'streamer', zone: 'utc', quiet: null, devices: [], rules: [] },
  ...values,
})

const aRule = (values: Partial<Rule> = {}): Rule => ({
  ...{
    id: 'rule',
    name: 'rule',
    events: [],
    providers: [],
    tags: [],
    severity: 'normal',
    numbers: NO_NUMBERS,
  },
  ...{ scope: 'concerned', channels: ['inbox'], digest: 'none', isActive: true },
  ...values,
})

interface Case {
  people?: Person[]
  channels?: Listeners['channels']
  shared?: Rule[]
  audience?: string[]
  told?: Told
}

/** Who hears of it, as `<recipient>: <ways>`. */
function routed(event: ToldEvent, { people = [], channels = [], shared = [], audience = [], told }: Case) {
  const listeners = { people, channels, organizationRules: shared }
  return route(event, new Set(audience), listeners, timing, told ?? null).map((plan) => {
    const ways = plan.targets.map(({ target, isDigest }) => (isDigest ? `${target} digest` : target))
    return `${plan.recipient}: ${[...(plan.inInbox ? ['inbox'] : []), ...ways].join(' ')}`
  })
}

test.group('Routing | whom an event concerns', () => {
  const people = [
    aPerson('owner', { devices: ['phone', 'desk'] }),
    aPerson('admin', { role: 'admin' }),
    aPerson('operator', { role: 'operator' }),
    aPerson('master', { role: 'game_master' }),
    aPerson('viewer', { role: 'viewer' }),
  ]

  test('those it concerns, and nobody else', ({ assert }) => {
    const heard = routed(anEvent(), { people, audience: ['owner', 'master'] })
    assert.deepEqual(heard, [
      'user:owner: inbox push:phone push:desk email:owner',
      'user:master: inbox email:master',
    ])
  })

  test('staff, where it concerns nobody', ({ assert }) => {
    const heard = routed(anEvent({ connection_id: null }), { people })
    assert.deepEqual(heard, ['user:admin: inbox email:admin', 'user:operator: inbox email:operator'])
  })

  test('somebody who is no member hears nothing, whoever says that it concerns them', ({ assert }) => {
    assert.deepEqual(routed(anEvent(), { people: [people[0]], audience: ['gone'] }), [])
  })
})

test.group('Routing | the default', () => {
  const told = (values: Record<string, unknown>) =>
    routed(anEvent(values), { people: [aPerson('owner', { devices: ['phone'] })], audience: ['owner'] })

  test('{$i}: {name}, {severity}: {heard}')
    .with([
      {
        name: 'connection.deactivated',
        severity: 'urgent',
        heard: ['user:owner: inbox push:phone email:owner'],
      },
      {
        name: 'connection.refresh_failed',
        severity: 'high',
        heard: ['user:owner: inbox push:phone email:owner'],
      },
      { name: 'connection.expiring', severity: 'normal', heard: ['user:owner: inbox'] },
      { name: 'connection.connected', severity: 'normal', heard: [] },
      { name: 'connection.refreshed', severity: 'normal', heard: [] },
    ])
    .run(({ assert }, { name, severity, heard }) => assert.deepEqual(told({ name, severity }), heard))

  test('whoever has a rule, hears what their rules say; one that is switched off silences all', ({
    assert,
  }) => {
    const only = (rule: Rule) =>
      routed(anEvent(), { people: [aPerson('owner', { rules: [rule] })], audience: ['owner'] })
    assert.deepEqual(only(aRule({ channels: ['email'] })), ['user:owner: email:owner'])
    assert.deepEqual(only(aRule({ isActive: false })), [])
  })
})

test.group('Routing | rules', () => {
  const matches = (rule: Partial<Rule>, event: Record<string, unknown> = {}) =>
    routed(anEvent(event), { people: [aPerson('owner', { rules: [aRule(rule)] })], audience: ['owner'] })
      .length === 1

  test('case {$i}: heard: {heard}')
    .with([
      { rule: { events: ['connection.deactivated'] as const }, event: {}, heard: true },
      { rule: { events: ['connection.suspended'] as const }, event: {}, heard: false },
      {
        rule: { events: ['connection.connected'] as const },
        event: { name: 'connection.connected' },
        heard: true,
      },
      {
        rule: { events: ['connection.refreshed'] as const },
        event: { name: 'connection.refreshed' },
        heard: false,
      },
      { rule: { providers: ['acme', 'other'] }, event: {}, heard: true },
      { rule: { providers: ['other'] }, event: {}, heard: false },
      {
        rule: { providers: ['acme'] },
        event: { name: 'run.failed', provider: null, connection_id: null },
        heard: false,
      },
      {
        rule: { providers: ['acme'], events: ['run.failed'] as const },
        event: { name: 'run.failed', provider: null, connection_id: null },
        heard: true,
      },
      ...[
        { days: 14, own: null, heard: true },
        { days: 30, asked: true, own: null, heard: false },
        { days: 30, asked: true, own: 30, heard: true },
        { days: 30, asked: true, own: 45, heard: false },
        { days: 14, own: 30, heard: true },
        { days: 14, own: 14, severity: 'urgent' as const, heard: true },
        { days: 14, own: 30, severity: 'urgent' as const, heard: false },
        { days: 7, own: 5, heard: false },
        { days: 1, own: 5, heard: true },
        { days: undefined, own: 5, heard: true },
      ].map(({ own, heard, severity = 'normal' as const, ...data }) => ({
        rule: { severity, numbers: { ...NO_NUMBERS, grantDays: own } },
        event: { name: 'connection.expiring', severity: 'normal', data },
        heard,
      })),
      { rule: { tags: ['vip'] }, event: {}, heard: true },
      { rule: { tags: ['test'] }, event: {}, heard: false },
      { rule: { severity: 'urgent' as const }, event: {}, heard: true },
      { rule: { severity: 'urgent' as const }, event: { severity: 'high' }, heard: false },
    ])
    .run(({ assert }, { rule, event, heard }) => assert.equal(matches(rule, event), heard))

  test('everything in the organization is for staff; for viewers in the inbox only', ({ assert }) => {
    const all = (role: Person['role']) =>
      routed(anEvent(), {
        people: [
          aPerson(role, { role, rules: [aRule({ scope: 'organization', channels: ['inbox', 'email'] })] }),
        ],
        audience: ['somebody'],
      })
    assert.deepEqual(all('admin'), ['user:admin: inbox email:admin'])
    assert.deepEqual(all('operator'), ['user:operator: inbox email:operator'])
    assert.deepEqual(all('viewer'), ['user:viewer: inbox'])
    assert.deepEqual(all('game_master'), [])
    assert.deepEqual(all('streamer'), [])
  })

  test('several rules are told at once by all of their ways; the one that tells sooner counts', ({
    assert,
  }) => {
    const rules = [
      aRule({ channels: ['email'], digest: 'daily' }),
      aRule({ channels: ['inbox', 'push'], digest: 'hourly' }),
      aRule({ channels: ['email'], severity: 'urgent' }),
    ]
    const people = [aPerson('owner', { rules, devices: ['phone'] })]
    const heard = (severity: string) => routed(anEvent({ severity }), { people, audience: ['owner'] })
    assert.deepEqual(heard('high'), ['user:owner: inbox push:phone digest email:owner digest'])
    assert.deepEqual(heard('urgent'), ['user:owner: inbox push:phone email:owner'])
  })
})

test.group('Routing | receivers of the organization', () => {
  const channels = [
    { id: 'hook', kind: 'webhook' as const },
    { id: 'slack', kind: 'slack_webhook' as const },
    { id: 'idle', kind: 'discord_webhook' as const },
  ]
  const told = (rule: Partial<Rule>, event: Record<string, unknown> = {}) =>
    routed(anEvent(event), { channels, shared: [aRule({ channels: ['hook', 'slack'], ...rule })] })

  test('hear what rules send to them', ({ assert }) => {
    assert.deepEqual(told({}), ['channel:hook: channel:hook', 'channel:slack: channel:slack'])
    assert.deepEqual(told({ isActive: false }), [])
    assert.deepEqual(told({ digest: 'daily' }, { severity: 'high' }), [
      'channel:hook: channel:hook digest',
      'channel:slack: channel:slack digest',
    ])
  })

  test('hear of single refreshes only where these are asked for by name, and only as machines', ({
    assert,
  }) => {
    const refreshed = { name: 'connection.refreshed', severity: 'normal' }
    assert.deepEqual(told({}, refreshed), [])
    assert.deepEqual(told({ events: ['connection.refreshed'] }, refreshed), ['channel:hook: channel:hook'])
  })
})

test.group('Routing | recoveries', () => {
  test('reach those who were told, as they would hear of the trouble, and never wake anybody', ({
    assert,
  }) => {
    const recovered = anEvent({ name: 'connection.recovered', severity: 'normal' })
    const quiet = { from: '10:00', until: '20:00' }
    const people = [
      aPerson('owner', { quiet }),
      aPerson('admin', { role: 'admin' }),
      aPerson('choosy', { rules: [aRule({ events: ['connection.deactivated'] })] }),
      aPerson('severe', { rules: [aRule({ severity: 'urgent' })] }),
    ]
    const told = new Map(['owner', 'choosy', 'severe'].map((id) => [`user:${id}`, 'urgent' as const]))
    const heard = routed(recovered, { people, told })
    assert.deepEqual(heard, ['user:owner: inbox email:owner', 'user:severe: inbox'])
    const listeners = { people, channels: [], organizationRules: [] }
    const [plan] = route(recovered, new Set(), listeners, timing, told)
    assert.equal(plan.targets[0].dueAt, Date.UTC(2026, 10, 21, 20))
  })
})
