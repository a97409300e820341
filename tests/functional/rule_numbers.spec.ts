/** Rules of alerts that name numbers: what is told because of them, and to whom. */
import { test } from '@japa/runner'
import { NO_NUMBERS, type RuleNumbers } from '#notifications/rule_numbers'
import type { RuleInput } from '#notifications/rule_problems'
import { RuleService } from '#notifications/rules'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { ELSEWHERE, notificationFixture, type NotificationFixture } from '#tests/helpers/notification_fixture'
import { ended } from '#tests/helpers/log_fixture'
import { outbox } from '#tests/helpers/outbox'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR
const dialects: Dialect[] = ['sqlite', 'postgres']

for (const dialect of dialects) {
  test.group(`Numbers of rules on ${dialect}`, (group) => {
    let fixture: NotificationFixture
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await notificationFixture(dialect, (work) => context.cleanup(work))
    })

    const rule = (numbers: Partial<RuleNumbers>, values: Partial<RuleInput> = {}): RuleInput => ({
      ...{ name: 'Mine', events: [], providers: [], tags: [], severity: 'normal', scope: 'concerned' },
      ...{ channels: ['inbox'], digest: 'none', isActive: true },
      numbers: { ...NO_NUMBERS, ...numbers },
      ...values,
    })

    /** What a person was told of, oldest first. */
    const toldTo = async (userId: string, name: string) =>
      (await fixture.matters({ user_id: userId, event: name })).map(({ data }) =>
        typeof data === 'string' ? (JSON.parse(data) as Record<string, unknown>) : data
      ) as Record<string, unknown>[]

    /** A grant that ends so many days from now, of an account with nothing else to do. */
    const endingIn = (days: number, owner: string, account = 'ana') =>
      fixture.connect(account, {
        ...{ owner_user_id: owner, next_refresh_at: NOW + 300 * DAY, token_expires_at: NOW + 301 * DAY },
        grant_expires_at: NOW + days * DAY,
      })

    async function daysGoBy(days: number) {
      for (let day = 0; day < days; day++) {
        for (let look = 0; look < 2; look++) await fixture.engine.deadlines.write()
        await fixture.dispatcher.tick()
        fixture.clock.advance(DAY)
      }
    }

    test('numbers are kept, changed and given up with their rule', async ({ assert }) => {
      const rules = new RuleService(fixture)
      const owner = await fixture.person('streamer')
      await rules.create(owner, rule({ grantDays: 30 }))
      const [{ id, numbers }] = await rules.list(owner)
      assert.deepEqual(numbers, { ...NO_NUMBERS, grantDays: 30 })
      await rules.update(owner, id, rule({}))
      assert.deepEqual((await rules.find(owner, id))?.numbers, NO_NUMBERS)
    })

    test('a number out of its bounds, or about an event that the rule leaves out, is refused at its field', async ({
      assert,
    }) => {
      const rules = new RuleService(fixture)
      const owner = await fixture.person('streamer')
      const codes = async (input: RuleInput) => {
        const saved = await rules.create(owner, input)
        return saved.ok ? [] : saved.problems.map(({ field, code }) => `${field} ${code}`)
      }
      for (const grantDays of [0, 91, -1, 2.5, Number.NaN])
        assert.deepEqual(await codes(rule({ grantDays })), ['grantDays bad_number'])
      const idle = rule({ grantDays: 30 }, { events: ['run.failed'] })
      assert.deepEqual(await codes(idle), ['grantDays idle_number'])
      for (const grantDays of [1, 90])
        assert.deepEqual(await codes(rule({ grantDays }, { events: ['connection.expiring'] })), [])
    })

    test('a grant is told of at the days that a rule names, and at the usual ones that come later', async ({
      assert,
    }) => {
      const [early, late, usual] = [
        await fixture.person('operator'),
        await fixture.person('operator'),
        await fixture.person('operator'),
      ]
      for (const [person, days] of [
        [early, 30],
        [late, 5],
        [usual, null],
      ] as const)
        await fixture.rule(person, { scope: 'organization', grant_days: days })
      const owner = await fixture.person('streamer')
      await endingIn(40, owner.userId)
      await daysGoBy(40)
      const days = async ({ userId }: { userId: string }) =>
        (await toldTo(userId, 'connection.expiring')).map((data) => data.days)
      assert.deepEqual(await days(early), [30, 14, 7, 1])
      assert.deepEqual(await days(late), [5, 1])
      assert.deepEqual(await days(usual), [14, 7, 1])
      assert.deepEqual(await days(owner), [14, 7, 1])
      const written = (await outbox(fixture)).map(({ severity, data }) => `${data.days} ${severity}`)
      assert.deepEqual(written, ['30 normal', '14 normal', '7 high', '5 high', '1 urgent'])
    })

    test('a grant that is closer than the rule’s days already is told of once', async ({ assert }) => {
      const owner = await fixture.person('streamer')
      await fixture.rule(owner, { grant_days: 10 })
      await fixture.rule(owner, { grant_days: 10, channels: ['email'] })
      await endingIn(9, owner.userId)
      await daysGoBy(2)
      const [told, ...others] = await toldTo(owner.userId, 'connection.expiring')
      assert.deepInclude(told, { days: 10, deadline: NOW + 9 * DAY })
      assert.deepEqual(others, [])
    })

    test('a rule that asks for failing runs without numbers gets the usual ones; others get none', async ({
      assert,
    }) => {
      const rules = new RuleService(fixture)
      const owner = await fixture.person('operator')
      const numbersOf = async (input: RuleInput) => {
        const saved = await rules.create(owner, input)
        return saved.ok ? (await rules.find(owner, saved.id))?.numbers : saved.problems
      }
      const usual = { failedPercent: 5, leastAccounts: 10 }
      const named = await numbersOf(rule({}, { events: ['run.accounts_failed'] }))
      assert.deepEqual(named, { ...NO_NUMBERS, ...usual })
      assert.deepEqual(await numbersOf(rule({ failedPercent: 20 })), {
        ...NO_NUMBERS,
        ...{ failedPercent: 20, leastAccounts: 10 },
      })
      assert.deepEqual(await numbersOf(rule({})), NO_NUMBERS)
      assert.deepEqual(await numbersOf(rule({}, { events: ['run.failed'] })), NO_NUMBERS)
    })

    test('a run is told of to whose rules name its share of failures and as few accounts; others hear nothing', async ({
      assert,
    }) => {
      const strict = await fixture.person('operator')
      const easy = await fixture.person('operator')
      const [usual, streamer] = [await fixture.person('operator'), await fixture.person('streamer')]
      await fixture.rule(strict, { failed_percent: 10, failed_accounts: 5, severity: 'urgent' })
      await fixture.rule(easy, { failed_percent: 50, failed_accounts: 20 })
      const counts = [
        ['tenth', 9, 1],
        ['nearly', 91, 9],
        ['half', 10, 10],
        ['tiny', 0, 4],
        ['skipped', 0, 0],
      ] as const
      for (const [job, refreshed, failed] of counts)
        await ended(fixture, NOW, 1_000, { job, refreshed, failed, skipped: 100, total: 200 })
      const most = { refreshed: 1, failed: 99 }
      await ended(fixture, NOW, 1_000, { ...most, job: 'rehearsed', dry_run: true })
      await ended(fixture, NOW - HOUR, 1_000, { ...most, job: 'before the rules' })
      await ended(fixture, NOW, 1_000, { ...most, job: 'broken', state: 'failed' })
      await Promise.all([fixture.engine, fixture.sibling()].map(({ alerts }) => alerts.look()))
      await fixture.engine.alerts.look()
      await fixture.dispatcher.tick()
      const jobs = async ({ userId }: { userId: string }) =>
        (await toldTo(userId, 'run.accounts_failed')).map(({ job }) => job).sort()
      assert.deepEqual(await jobs(strict), ['half', 'tenth'])
      assert.deepEqual(await jobs(easy), ['half'])
      for (const person of [usual, streamer]) assert.deepEqual(await jobs(person), [])
      const [{ data }] = (await outbox(fixture)).filter((event) => event.data.job === 'half')
      assert.deepInclude(data, { failed: 10, accounts: 20 })
    })

    test('failures in a row reach the rules with exactly that number, and their end whom they reached', async ({
      assert,
    }) => {
      const [asking, other] = [await fixture.person('operator'), await fixture.person('operator')]
      await fixture.rule(asking, { scope: 'organization', retry_attempts: 5, severity: 'urgent' })
      await fixture.rule(other, { scope: 'organization', retry_attempts: 9 })
      await fixture.rule(other, { scope: 'organization' })
      const connectionId = await fixture.connect('ana', {})
      await fixture.event('connection.retrying', {
        connectionId,
        data: { cause: 'unavailable', attempts: 5 },
      })
      await fixture.event('connection.recovered', { connectionId, severity: 'normal' })
      await fixture.dispatcher.tick()
      assert.deepInclude((await toldTo(asking.userId, 'connection.retrying'))[0], { attempts: 5 })
      assert.deepEqual(await toldTo(other.userId, 'connection.retrying'), [])
      const [matter] = await fixture.matters({ user_id: asking.userId, event: 'connection.retrying' })
      assert.isNotNull(matter.resolved_at)
    })

    test('without such a rule no run is told of', async ({ assert }) => {
      const operator = await fixture.person('operator')
      await fixture.rule(operator, { failed_percent: 1, failed_accounts: 1, is_active: false })
      await fixture.rule(null, { organization_id: ELSEWHERE, failed_percent: 1, failed_accounts: 1 })
      await ended(fixture, NOW, 1_000, { failed: 99 })
      await fixture.engine.alerts.look()
      assert.deepEqual(await outbox(fixture), [])
    })

    test('days that only a switched off rule or another organization names are told to nobody', async ({
      assert,
    }) => {
      const owner = await fixture.person('streamer')
      await fixture.rule(owner, { grant_days: 30, is_active: false })
      await fixture.rule(null, { organization_id: ELSEWHERE, grant_days: 40 })
      await endingIn(20, owner.userId)
      assert.equal(await fixture.engine.deadlines.write(), 0)
      fixture.clock.advance(HOUR)
      assert.equal(await fixture.engine.deadlines.write(), 0)
    })
  })
}
