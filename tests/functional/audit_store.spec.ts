/** The table of the audit trail on both databases, and the tokens that are counted in it. */
import { test } from '@japa/runner'
import { uuid } from '#models/uuid'
import { AuditLog } from '#services/audit/audit_log'
import { AuditTrail } from '#services/audit/audit_trail'
import { HandOuts, WINDOW } from '#services/audit/hand_outs'
import { TARGETS, type TargetKind } from '#services/audit/targets'
import type { Begun, Ended } from '#services/audit/types'
import { DEFAULT_RETENTION } from '#services/refresh_log/retention'
import type { StoreDriver } from '#store/driver'
import { anApiCaller, lendToApplication } from '#tests/helpers/api_caller'
import { EVERYTHING } from '#tests/helpers/audit/audit_scene'
import { campaignFixture, ORGANIZATION, type CampaignFixture } from '#tests/helpers/campaign_fixture'
import { openDriver, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { managerFixture } from '#tests/helpers/token_manager_fixture'

const DAY = 24 * 60 * 60_000
const NOBODY = uuid(NOW)

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Audit trail on ${dialect}`, (group) => {
    let fixture: CampaignFixture
    let driver: StoreDriver
    let trail: AuditTrail
    let log: AuditLog
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await campaignFixture(dialect, (work) => context.cleanup(work))
      driver = openDriver(dialect, fixture.clock)
      context.cleanup(() => driver.close())
      await fixture.run('DELETE FROM audit_events', [])
      trail = new AuditTrail({ driver, clock: fixture.clock })
      log = new AuditLog(driver)
    })

    const begun = (more: Partial<Begun> = {}): Begun => ({
      actor: { kind: 'person', id: NOBODY, name: 'Ana', organizationId: ORGANIZATION },
      action: 'connection.pause',
      target: { kind: 'connection', id: NOBODY, name: 'ana' },
      origin: { ip: '::1', userAgent: 'x'.repeat(999), requestId: 'r-1' },
      ...more,
    })
    const ended = (more: Partial<Ended> = {}): Ended => ({
      ...{ outcome: 'done', status: 303, organizationId: null, given: { filter: 'tag:vip' } },
      ...{ target: { id: null, name: null }, changes: { paused_at: [null, 'now'] } },
      ...more,
    })
    const entries = async () => (await log.page(ORGANIZATION, EVERYTHING)).entries

    test('an entry says that it begun, then once how it ended', async ({ assert }) => {
      const ids = await trail.begin(begun())
      assert.containSubset(await entries(), [{ outcome: 'begun', status: null, changes: {}, at: NOW }])
      await trail.end(ids, ended())
      await trail.end(ids, ended({ outcome: 'failed', status: 500 }))
      const [entry, ...others] = await entries()
      assert.lengthOf(others, 0)
      assert.containSubset(entry, {
        ...{ outcome: 'done', status: 303, changes: { paused_at: [null, 'now'] } },
        ...{ given: { filter: 'tag:vip' }, target: { kind: 'connection', id: NOBODY, name: 'ana' } },
      })
      assert.lengthOf(entry.userAgent ?? '', 255)
    })

    test('text that a database cannot hold is cut down to what it can', async ({ assert }) => {
      const actor = {
        kind: 'api_key' as const,
        id: null,
        name: `a\0${'é'.repeat(300)}`,
        organizationId: ORGANIZATION,
      }
      await trail.begin(begun({ actor }))
      assert.equal((await entries())[0].actor.name, `a${'é'.repeat(254)}`)
    })

    test('every kind of target can be looked at; nothing is found of nobody', async ({ assert }) => {
      const params = { id: NOBODY, connection: NOBODY, user: NOBODY, session: NOBODY, organization: NOBODY }
      for (const kind of Object.keys(TARGETS) as TargetKind[])
        assert.isNull(
          await trail.look(kind, { ...params, actor: NOBODY, name: 'x', key: 'x' }, ORGANIZATION),
          kind
        )
      assert.isNull(await trail.look('connection', { id: "'; nonsense" }, ORGANIZATION))
    })

    test('a target is told by its name, without secrets, and only to its organization', async ({
      assert,
    }) => {
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Quiz', [id])
      await fixture.update(id, { tags: JSON.stringify(['vip']) })
      const seen = await trail.look('connection', { id }, ORGANIZATION)
      assert.containSubset(seen, { name: 'ana', fields: { tags: ['vip'], is_active: true, paused_at: null } })
      assert.notMatch(JSON.stringify(seen), /v1:|first-/)
      assert.isNull(await trail.look('connection', { id }, ORGANIZATION.replace(/a$/, 'b')))
      const member = await trail.look('campaign_member', { id: campaign, connection: id }, ORGANIZATION)
      assert.equal(member?.name, 'ana · Quiz')
      assert.isNull(
        await trail.look('campaign_member', { id: campaign, connection: id }, ORGANIZATION.replace(/a$/, 'b'))
      )
    })

    test('an address is known to its organization', async ({ assert }) => {
      const { userId } = await fixture.person('viewer')
      const [{ email }] = await fixture.all('SELECT email FROM users WHERE id = ?', [userId])
      const claimant = await trail.claimant(String(email))
      assert.deepEqual(claimant, {
        kind: 'person',
        id: userId,
        name: String(email),
        organizationId: ORGANIZATION,
      })
      assert.containSubset(await trail.claimant('nobody@example.org'), { id: null, organizationId: null })
    })

    test('filters find by area, outcome, names and time; a walk tells each entry once', async ({
      assert,
    }) => {
      for (let count = 0; count < 1_100; count++) await trail.begin(begun())
      fixture.clock.advance(DAY)
      await trail.end(await trail.begin(begun({ action: 'campaign.create' })), ended())
      const count = async (more: object) => {
        let found = 0
        for await (const page of log.walk(ORGANIZATION, { ...EVERYTHING, ...more })) found += page.length
        return found
      }
      assert.equal(await count({}), 1_101)
      assert.equal(await count({ group: 'campaign' }), 1)
      assert.equal(await count({ outcome: 'begun' }), 1_100)
      assert.equal(await count({ from: NOW + 1 }), 1)
      assert.equal(await count({ show: 'actions', actor: 'AN' }), 1_101)
      assert.equal(await count({ actor: '%' }), 0)
      assert.equal(await count({ show: 'hand_outs' }), 0)
      assert.equal(await count({ targetId: NOBODY, target: 'ana', actorId: NOBODY }), 1_101)
    })

    test('the retention deletes what is older than its time, and nothing else', async ({ assert }) => {
      await trail.begin(begun())
      fixture.clock.advance(2 * DAY)
      await trail.begin(begun({ action: 'connection.resume' }))
      const { retention } = fixture.sibling({ retention: { ...DEFAULT_RETENTION, audit: DAY } })
      assert.equal((await retention.prune()).audit, 1)
      assert.deepEqual(
        (await entries()).map(({ action }) => action),
        ['connection.resume']
      )
    })

    test('tokens that leave are counted by key, connection and hour', async ({ assert }) => {
      const handOuts = new HandOuts({ driver, clock: fixture.clock, onTrouble: () => {} })
      const key = { id: NOBODY, name: 'Backend', organizationId: ORGANIZATION }
      const [ana, ben] = [await fixture.channel('ana'), await fixture.channel('ben')]
      for (const connection of [ana, ana, ben]) handOuts.count(key, connection)
      await handOuts.flush()
      fixture.clock.advance(MINUTE)
      handOuts.count(key, ana)
      // The next hour begins before this one is written.
      fixture.clock.advance(WINDOW)
      handOuts.count(key, ana)
      await handOuts.close()
      const counted = (await entries()).map(({ action, target, count, until }) => [
        action,
        target.name,
        count,
        until,
      ])
      assert.sameDeepMembers(counted, [
        ['token.hand_out', 'ana', 1, NOW + MINUTE + WINDOW],
        ['token.hand_out', 'ana', 3, NOW + MINUTE],
        ['token.hand_out', 'ben', 1, NOW],
      ])
    })

    test('counts survive a database that is away, and nothing waits for an organization that is gone', async ({
      assert,
    }) => {
      let away = true
      const troubles: unknown[] = []
      const shaky: StoreDriver = {
        ...driver,
        transaction: (work) => (away ? Promise.reject(new Error('away')) : driver.transaction(work)),
      }
      const handOuts = new HandOuts({
        driver: shaky,
        clock: fixture.clock,
        onTrouble: (error) => troubles.push(error),
      })
      const ana = await fixture.channel('ana')
      handOuts.count({ id: NOBODY, name: 'Backend', organizationId: ORGANIZATION }, ana)
      handOuts.count({ id: uuid(NOW), name: 'Gone', organizationId: NOBODY }, ana)
      await handOuts.flush()
      handOuts.count({ id: NOBODY, name: 'Backend', organizationId: ORGANIZATION }, ana)
      await handOuts.flush()
      assert.lengthOf(troubles, 1)
      away = false
      await handOuts.close()
      assert.deepEqual(
        (await entries()).map(({ count }) => count),
        [2]
      )
    })
  })
}

test.group('Tokens that leave by the API', (group) => {
  group.each.timeout(20_000)

  test('each way out is counted under the key that took it', async ({ assert, cleanup }) => {
    const fixture = await campaignFixture('sqlite', (work) => cleanup(work))
    const { tokens } = await managerFixture('sqlite', fixture, (work) => cleanup(work))
    await lendToApplication((work) => cleanup(work), { engine: fixture.engine, tokens })
    const { default: app } = await import('@adonisjs/core/services/app')
    const { handOuts, log } = await app.container.make('audit')
    // What earlier files of this process were handed is still in memory.
    await handOuts.flush()
    await fixture.run('DELETE FROM audit_events', [])
    const caller = await anApiCaller({ organizationId: ORGANIZATION })
    const id = await fixture.connect('ana')
    assert.equal((await caller.get('/token?provider=acme&owner=ana')).status, 200)
    assert.equal((await caller.get(`/connections/${id}/token`)).status, 200)
    assert.equal(
      (await caller.post(`/connections/${id}/report-unauthorized`, { access_token: 'older' })).status,
      200
    )
    assert.equal((await caller.get(`/connections/${NOBODY}/token`)).status, 404)
    await handOuts.flush()
    const { entries } = await log.page(ORGANIZATION, { ...EVERYTHING, show: 'hand_outs' })
    assert.lengthOf(entries, 1)
    assert.containSubset(entries[0], { count: 3, actor: { id: caller.apiKey.id }, target: { id } })
  })
})
