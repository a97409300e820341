/** Every transition puts exactly one event into the outbox, in the transaction that settles it. */
import { test } from '@japa/runner'
import type { StoreDriver, Work } from '#store/driver'
import type { Settlement } from '#token_refresh/settlement'
import {
  engineFixture,
  openDriver,
  postgresUrl,
  type Dialect,
  type EngineFixture,
} from '#tests/helpers/engine_fixture'
import { outbox, told } from '#tests/helpers/outbox'
import { insert, ORGANIZATION } from '#tests/helpers/log_fixture'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const dialects: Dialect[] = ['sqlite', 'postgres']
const forced = { kind: 'manual', force: true } as const
const manual = { kind: 'manual' } as const

for (const dialect of dialects) {
  test.group(`Events of transitions on ${dialect}`, (group) => {
    let fixture: EngineFixture
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work), {
        provider: {
          failures: [
            { error: 'account_suspended', class: 'suspended' },
            { error: 'account_locked', class: 'locked', instruction: 'Sign in and unlock it.' },
          ],
        },
      })
    })

    const answers = (error: string) =>
      fixture.server.always((response) =>
        json(response, 400, { error, error_description: 'their own words' })
      )

    test('the second strike tells urgently, with the reason; the first one and further refusals tell nothing', async ({
      assert,
    }) => {
      const { engine, server, clock } = fixture
      const id = await fixture.connect('ana')
      server.revoke('ana')
      await engine.refresh.refreshDue()
      assert.deepEqual(await told(fixture), [])
      clock.advance(15 * MINUTE)
      await engine.refresh.refreshDue()
      assert.deepEqual(await told(fixture), ['connection.deactivated urgent rejected'])
      const [event] = await outbox(fixture)
      const [, { id: attemptId }] = await fixture.attempts(id)
      assert.deepInclude(event, { organization_id: ORGANIZATION, connection_id: id, provider: 'acme' })
      assert.isNull(event.dispatched_at)
      assert.deepInclude(event.data, {
        ...{ attemptId, cause: 'rejected', code: 'invalid_grant', failure: 'rejected' },
        ...{ description: 'refresh token is invalid', expiresAt: NOW + MINUTE },
      })
      clock.advance(DAY)
      await engine.refresh.refreshOne(id, forced)
      clock.advance(15 * MINUTE)
      await engine.refresh.refreshOne(id, forced)
      assert.lengthOf(await told(fixture), 1)
    })

    test('a first strike that heals is nobody’s business', async ({ assert }) => {
      await fixture.connect('ana')
      fixture.server.next((response) => json(response, 400, { error: 'invalid_grant' }))
      await fixture.engine.refresh.refreshDue()
      fixture.clock.advance(15 * MINUTE)
      await fixture.engine.refresh.refreshDue()
      assert.equal(fixture.notices.at(-1)?.transition, 'recovered')
      assert.deepEqual(await told(fixture), [])
    })

    test('a suspension and a lock are told once each, and their end', async ({ assert }) => {
      const { engine, clock, server } = fixture
      const id = await fixture.connect('ana')
      for (const error of ['account_suspended', 'account_locked']) {
        answers(error)
        for (let tries = 0; tries < 3; tries++) await engine.refresh.refreshOne(id, forced)
        clock.advance(MINUTE)
      }
      const told1 = ['connection.suspended urgent suspended', 'connection.refresh_failed high locked']
      assert.deepEqual(await told(fixture), told1)
      assert.equal((await outbox(fixture))[1].data.instruction, 'Sign in and unlock it.')
      server.always(null)
      await engine.refresh.refreshOne(id, forced)
      assert.deepEqual((await told(fixture)).slice(2), ['connection.recovered normal locked'])
    })

    test('a token that lapses while its provider fails is told once, whoever sees it, and its recovery', async ({
      assert,
    }) => {
      const { engine, clock, server } = fixture
      const id = await fixture.connect('ana')
      server.always((response) => json(response, 503, {}))
      clock.advance(2 * MINUTE)
      await engine.refresh.refreshOne(id, manual)
      await engine.store.markLapsed()
      clock.advance(HOUR)
      await engine.refresh.refreshOne(id, manual)
      await engine.store.markLapsed()
      assert.deepEqual(await told(fixture), ['connection.refresh_failed high lapsed'])
      assert.deepInclude((await outbox(fixture))[0].data, {
        failure: 'unavailable',
        expiresAt: NOW + MINUTE,
      })
      server.always(null)
      await engine.refresh.refreshOne(id, manual)
      assert.deepEqual((await told(fixture))[1], 'connection.recovered normal unavailable')
    })

    test('tokens that lapse unattended are told once each, not those that somebody is refreshing', async ({
      assert,
    }) => {
      const { engine, clock, sibling } = fixture
      const ids = [await fixture.connect('ana'), await fixture.connect('bob')]
      const tried = await fixture.connect('eve', { lease_until: NOW + HOUR })
      clock.advance(2 * MINUTE)
      await Promise.all([engine, sibling()].map(({ store }) => store.markLapsed()))
      await engine.store.markLapsed()
      const events = await outbox(fixture)
      assert.deepEqual(events.map((event) => event.connection_id).sort(), ids.sort())
      assert.equal((await fixture.row(tried)).status, 'connected')
    })

    /** Without the pauses of a provider that fails often. */
    const ofAccounts = async () => (await told(fixture)).filter((one) => one.startsWith('connection.'))

    test('failures in a row are told at the numbers that rules name, once until a refresh succeeds, and their end', async ({
      assert,
    }) => {
      const { engine, clock, server } = fixture
      const id = await fixture.connect('ana', { token_expires_at: NOW + 9 * DAY })
      for (const attempts of [2, 4])
        await insert(fixture, 'notification_rules', {
          ...{ organization_id: ORGANIZATION, name: 'rule', retry_attempts: attempts, created_at: NOW },
        })
      const fail = async (times: number) => {
        server.always((response) => json(response, 503, {}))
        for (let tries = 0; tries < times; tries++) {
          await engine.refresh.refreshOne(id, forced)
          clock.advance(HOUR)
        }
        server.always(null)
      }
      await fail(6)
      const retries = (await outbox(fixture)).filter(({ name }) => name.startsWith('connection.'))
      assert.deepEqual(
        retries.map(({ name, severity, data }) => `${name} ${severity} ${data.cause} ${data.attempts}`),
        ['connection.retrying high unavailable 2', 'connection.retrying high unavailable 4']
      )
      await engine.refresh.refreshOne(id, forced)
      assert.deepEqual((await ofAccounts()).slice(2), ['connection.recovered normal unavailable'])
      await fail(1)
      await engine.refresh.refreshOne(id, forced)
      assert.lengthOf(await ofAccounts(), 3)
      await fail(2)
      assert.deepEqual((await ofAccounts()).slice(3), [
        'connection.refresh_failed high lapsed',
        'connection.retrying high unavailable',
      ])
    })

    test('failures in a row that no rule asks for are told to nobody, and neither is their end', async ({
      assert,
    }) => {
      const { engine, clock, server } = fixture
      const id = await fixture.connect('ana', { token_expires_at: NOW + 9 * DAY })
      server.always((response) => json(response, 503, {}))
      for (let tries = 0; tries < 6; tries++) {
        await engine.refresh.refreshOne(id, forced)
        clock.advance(HOUR)
      }
      server.always(null)
      await engine.refresh.refreshOne(id, forced)
      assert.deepEqual(await ofAccounts(), [])
    })

    test('attempts that were superseded tell nothing, and a settlement that is stored again nothing more', async ({
      assert,
    }) => {
      const { engine, server, update, clock } = fixture
      const id = await fixture.connect('ana', { token_refresh_failed_at: NOW - 15 * MINUTE })
      server.next(async (response) => {
        await update(id, { token_version: 9 })
        json(response, 400, { error: 'invalid_grant' })
      })
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.reason, 'superseded')
      assert.deepEqual(await told(fixture), [])
      const turns: Settlement[] = []
      const turn = engine.store.turn.bind(engine.store)
      engine.store.turn = (work) => {
        turns.push(...work.settlements)
        return turn(work)
      }
      server.revoke('ana')
      clock.advance(SECOND)
      await engine.refresh.refreshOne(id, manual)
      assert.lengthOf(await told(fixture), 1)
      await turn({ settlements: turns, claims: [], due: null })
      assert.deepEqual(await told(fixture), ['connection.deactivated urgent rejected'])
    })

    test('a crash before the commit leaves neither tokens nor event; what is settled later has both', async ({
      assert,
    }) => {
      const id = await fixture.connect('ana', { status: 'token_expired' })
      const driver = crashing(openDriver(dialect, fixture.clock))
      const engine = fixture.sibling({ driver })
      driver.crashes = 3
      const seen: unknown[] = []
      driver.onCrash = async () => {
        seen.push((await fixture.row(id)).token_version, ...(await told(fixture)))
      }
      await engine.refresh.refreshOne(id, manual)
      assert.deepEqual(seen, [1, 1, 1])
      assert.equal((await fixture.row(id)).token_version, 2)
      assert.deepEqual(await told(fixture), ['connection.recovered normal'])
    })

    test('a rehearsal tells nothing, whatever it would have brought about', async ({ assert }) => {
      const id = await fixture.connect('ana', { status: 'needs_reauth', is_active: false })
      const outcome = await fixture.engine.rehearsal.refreshOne(id, forced)
      assert.equal(outcome.status, 'refreshed')
      assert.deepEqual(await told(fixture), [])
    })

    test('two processes that race for the second strike leave one event', async ({ assert }) => {
      const { engine, server, sibling } = fixture
      const other = sibling()
      for (let account = 0; account < 20; account++) {
        await fixture.connect(`account-${account}`, { token_refresh_failed_at: NOW - 15 * MINUTE })
        server.revoke(`account-${account}`)
      }
      await Promise.all([engine, other].map(({ refresh }) => refresh.refreshDue()))
      const events = await outbox(fixture)
      assert.lengthOf(new Set(events.map(({ connection_id: id }) => id)), 20)
      assert.lengthOf(events, 20)
    })

    test('a connection that was given up while its refresh was on its way is told to be back', async ({
      assert,
    }) => {
      const id = await fixture.connect('ana')
      fixture.server.next(async (response, grant) => {
        await fixture.update(id, { is_active: false, status: 'needs_reauth' })
        json(response, 200, grant())
      })
      await fixture.engine.refresh.refreshOne(id, manual)
      assert.deepEqual(await told(fixture), ['connection.recovered normal'])
      assert.equal((await fixture.attempts(id))[0].transition, 'recovered')
    })

    test('a success is told to those who asked, within five seconds, as long as their webhook lives', async ({
      assert,
    }) => {
      const { engine, clock } = fixture
      const id = await fixture.connect('ana')
      const refreshed = async () => {
        clock.advance(5 * SECOND)
        assert.equal((await engine.refresh.refreshOne(id, manual)).status, 'refreshed')
        return (await told(fixture)).length
      }
      assert.equal(await refreshed(), 0)
      const channel = await insert(fixture, 'notification_channels', {
        ...{ organization_id: ORGANIZATION, kind: 'webhook', name: 'Ours', target: 'example.com' },
        created_at: NOW,
      })
      const rule = await insert(fixture, 'notification_rules', {
        ...{ organization_id: ORGANIZATION, name: 'All', created_at: NOW },
        events: JSON.stringify(['connection.deactivated']),
        channels: JSON.stringify([channel]),
      })
      const asks = (events: string[]) =>
        fixture.run('UPDATE notification_rules SET events = ? WHERE id = ?', [JSON.stringify(events), rule])
      assert.equal(await refreshed(), 0)
      await asks(['connection.deactivated', 'connection.refreshed'])
      assert.equal(await refreshed(), 1)
      assert.equal(await refreshed(), 2)
      await fixture.run('UPDATE notification_channels SET disabled_at = ?t', [NOW])
      assert.equal(await refreshed(), 2)
      const [event] = await outbox(fixture)
      assert.deepInclude(event, { name: 'connection.refreshed', severity: 'normal', connection_id: id })
      assert.deepInclude(event.data, { kind: 'manual', expiresAt: NOW + HOUR + 15 * SECOND })
    })
  })
}

const DAY = 24 * HOUR

/** A driver whose transactions come to nothing after their last statement, while it is told to. */
function crashing(driver: StoreDriver) {
  const state = { ...driver, crashes: 0, onCrash: async () => {} }
  state.transaction = async <T>(work: () => Work<T>) => {
    let writes = false
    try {
      return await driver.transaction(function* (): Work<T> {
        const settling = work()
        let step = settling.next()
        while (!step.done) {
          writes ||= step.value.ask === 'counts'
          step = settling.next(yield step.value)
        }
        if (writes && state.crashes > 0) throw new Error('the process died')
        return step.value
      })
    } catch (error) {
      if (state.crashes > 0) {
        state.crashes -= 1
        await state.onCrash()
      }
      throw error
    }
  }
  return state
}
