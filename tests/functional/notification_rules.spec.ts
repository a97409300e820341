import { test } from '@japa/runner'
import type { Role } from '#models/membership'
import { PreferenceService } from '#notifications/preferences'
import { NO_NUMBERS } from '#notifications/rule_numbers'
import type { RuleInput } from '#notifications/rule_problems'
import { RuleService, type SavedRule } from '#notifications/rules'
import type { EventName } from '#notifications/types'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { ELSEWHERE, notificationFixture, type NotificationFixture } from '#tests/helpers/notification_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']

const aRule = (values: Partial<RuleInput> = {}): RuleInput => ({
  ...{ name: 'Mine', events: [], providers: [], tags: [], severity: 'normal', scope: 'concerned' },
  ...{ numbers: NO_NUMBERS, channels: ['inbox'], digest: 'none', isActive: true },
  ...values,
})

const fields = (saved: SavedRule) => (saved.ok ? [] : saved.problems.map(({ field }) => field))

for (const dialect of dialects) {
  test.group(`Notification rules on ${dialect}`, (group) => {
    let fixture: NotificationFixture
    let rules: RuleService
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await notificationFixture(dialect, (work) => context.cleanup(work))
      rules = new RuleService(fixture)
    })

    test('a rule is stored as it was written, changed as a whole, and removed', async ({ assert }) => {
      const owner = await fixture.person('streamer')
      const input = aRule({
        ...{
          name: ' Nights ',
          events: ['connection.deactivated'],
          providers: ['acme'],
          tags: ['vip', 'vip'],
        },
        ...{ severity: 'high', channels: ['push', 'email'], digest: 'daily', isActive: false },
      })
      const saved = await rules.create(owner, input)
      assert.isTrue(saved.ok)
      const [stored] = await rules.list(owner)
      const expected = { ...input, name: 'Nights', tags: ['vip'], id: stored.id, userId: owner.userId }
      assert.deepEqual(stored, expected)
      assert.isTrue((await rules.update(owner, stored.id, aRule())).ok)
      assert.deepEqual(await rules.find(owner, stored.id), {
        ...aRule(),
        id: stored.id,
        userId: owner.userId,
      })
      assert.isTrue(await rules.remove(owner, stored.id))
      assert.isFalse(await rules.remove(owner, stored.id))
      assert.deepEqual(await rules.list(owner), [])
    })

    test('what cannot be kept is refused with the field that is wrong', async ({ assert }) => {
      const owner = await fixture.person('streamer')
      const wrong: [keyof RuleInput, Partial<RuleInput>][] = [
        ['name', { name: ' ' }],
        ['name', { name: 'x'.repeat(121) }],
        ['events', { events: ['connection.exploded' as EventName] }],
        ['events', { events: ['connection.refreshed'] }],
        ['providers', { providers: ["x' OR 1"] }],
        ['tags', { tags: ['x'.repeat(65)] }],
        ['tags', { tags: Array.from({ length: 51 }, (_, index) => `tag-${index}`) }],
        ['channels', { channels: [] }],
        ['channels', { channels: ['pigeon'] }],
        ['severity', { severity: 'loud' as RuleInput['severity'] }],
        ['digest', { digest: 'weekly' as RuleInput['digest'] }],
        ['scope', { scope: 'organization' }],
        ['scope', { scope: 'all' as RuleInput['scope'] }],
      ]
      for (const [field, values] of wrong)
        assert.deepEqual(fields(await rules.create(owner, aRule(values))), [field], JSON.stringify(values))
      assert.deepEqual(await rules.list(owner), [])
    })

    test('whoever may see all accounts may follow the organization; viewers in the inbox only', async ({
      assert,
    }) => {
      const may = async (role: Role, channels: string[]) => {
        const person = await fixture.person(role)
        return fields(await rules.create(person, aRule({ scope: 'organization', channels })))
      }
      assert.deepEqual(await may('admin', ['inbox', 'email']), [])
      assert.deepEqual(await may('operator', ['push']), [])
      assert.deepEqual(await may('viewer', ['inbox']), [])
      assert.deepEqual(await may('viewer', ['inbox', 'email']), ['channels'])
      assert.deepEqual(await may('game_master', ['inbox']), ['scope'])
    })

    test('rules of the organization are for admins and operators, and name channels of their own', async ({
      assert,
    }) => {
      const operator = await fixture.person('operator')
      const hook = await fixture.receiver('webhook')
      const slack = await fixture.receiver('slack_webhook')
      const foreign = await fixture.receiver('webhook', { organization_id: ELSEWHERE })
      const shared = { ofOrganization: true }
      const create = (values: Partial<RuleInput>) => rules.create(operator, aRule(values), shared)
      for (const channels of [[], ['inbox'], [foreign], [hook, foreign]])
        assert.deepEqual(fields(await create({ channels })), ['channels'])
      const refreshed: Partial<RuleInput> = { events: ['connection.refreshed'] }
      assert.deepEqual(fields(await create({ ...refreshed, channels: [slack] })), ['events'])
      assert.isTrue((await create({ ...refreshed, channels: [hook] })).ok)
      const [stored] = await rules.ofOrganization(operator.organizationId)
      assert.containSubset(stored, { userId: null, scope: 'organization', channels: [hook] })
      assert.deepEqual(await rules.ofOrganization(ELSEWHERE), [])
      const gone = { ok: false, problems: [], isGone: true }
      for (const role of ['viewer', 'game_master', 'streamer'] as const) {
        const person = await fixture.person(role)
        assert.deepEqual(await rules.create(person, aRule({ channels: [hook] }), shared), gone)
        assert.isNull(await rules.find(person, stored.id))
        assert.deepEqual(await rules.update(person, stored.id, aRule({ channels: [hook] })), gone)
        assert.isFalse(await rules.remove(person, stored.id))
      }
      const admin = await fixture.person('admin')
      assert.isTrue((await rules.update(admin, stored.id, aRule({ channels: [slack] }))).ok)
      assert.isTrue(await rules.remove(admin, stored.id))
    })

    test("nobody sees or changes another person's rule, nor one of another organization", async ({
      assert,
    }) => {
      const owner = await fixture.person('streamer')
      const id = await fixture.rule(owner)
      const others = [await fixture.person('admin'), { ...owner, organizationId: ELSEWHERE }]
      for (const other of others) {
        assert.deepEqual(await rules.list(other), [])
        assert.isNull(await rules.find(other, id))
        assert.isFalse((await rules.update(other, id, aRule())).ok)
        assert.isFalse(await rules.remove(other, id))
      }
      for (const bad of ['x', '', `${id}x`]) {
        assert.isNull(await rules.find(owner, bad))
        assert.isFalse((await rules.update(owner, bad, aRule())).ok)
      }
      assert.lengthOf(await rules.list(owner), 1)
    })

    test('fifty rules are the most', async ({ assert }) => {
      const owner = await fixture.person('streamer')
      for (let count = 0; count < 50; count++) await fixture.rule(owner)
      const saved = await rules.create(owner, aRule())
      assert.deepEqual(fields(saved), [null])
      const [{ id }] = await rules.list(owner)
      assert.isTrue((await rules.update(owner, id, aRule())).ok)
    })

    test('quiet hours belong to an organization, language and zone to the person', async ({ assert }) => {
      const preferences = new PreferenceService(fixture)
      const owner = await fixture.person('streamer')
      const elsewhere = { ...owner, organizationId: ELSEWHERE }
      const nothing = { quietFrom: null, quietUntil: null, locale: null, timeZone: null }
      assert.deepEqual(await preferences.find(owner), nothing)
      const chosen = { quietFrom: '22:00', quietUntil: '07:00', locale: 'ja', timeZone: 'Asia/Tokyo' }
      assert.deepEqual(await preferences.save(owner, chosen), { ok: true })
      assert.deepEqual(await preferences.find(owner), chosen)
      assert.deepEqual(await preferences.find(elsewhere), { ...chosen, quietFrom: null, quietUntil: null })
      const empty = { quietFrom: '', quietUntil: '', locale: '', timeZone: '' }
      assert.deepEqual(await preferences.save(owner, empty), { ok: true })
      assert.deepEqual(await preferences.find(owner), nothing)
    })

    test('preferences that make no sense are refused, and nothing of them is stored', async ({ assert }) => {
      const preferences = new PreferenceService(fixture)
      const owner = await fixture.person('streamer')
      const good = { quietFrom: '22:00', quietUntil: '07:00', locale: 'fr', timeZone: 'Europe/Paris' }
      const wrong = [
        ['quietFrom', { quietFrom: '24:00' }],
        ['quietUntil', { quietUntil: '7' }],
        ['quietUntil', { quietUntil: '' }],
        ['quietFrom', { quietFrom: null }],
        ['quietUntil', { quietUntil: '22:00' }],
        ['locale', { locale: 'xx' }],
        ['timeZone', { timeZone: 'Mars/Base' }],
        ['timeZone', { timeZone: 'x'.repeat(65) }],
      ] as const
      for (const [field, values] of wrong) {
        const saved = await preferences.save(owner, { ...good, ...values })
        assert.deepEqual(saved.ok ? [] : saved.problems.map((problem) => problem.field), [field])
      }
      assert.deepEqual((await preferences.find(owner)).locale, null)
    })
  })
}
