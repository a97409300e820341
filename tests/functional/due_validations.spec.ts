import { test } from '@japa/runner'
import { TokenRefreshScheduler } from '#services/scheduler/token_refresh_scheduler'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { verificationFixture } from '#tests/helpers/verification_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']
const LATER = { token_expires_at: NOW + 12 * HOUR, next_refresh_at: NOW + 11 * HOUR }
const OPEN = { ...LATER, keep_alive_until: NOW + 12 * HOUR }
const windowed = { validationInterval: '1h', refresh: { keepAlive: 'while_authorized' as const } }

for (const dialect of dialects) {
  test.group(`Regular validation on ${dialect}`, (group) => {
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('two processes validate each token in use exactly once an hour', async (context) => {
      const { engine, sibling, clock, connect, accounts } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        windowed
      )
      for (let account = 0; account < 20; account++) await connect(`account-${account}`, OPEN)
      const looks = [engine, sibling()].map(({ dueValidations }) => dueValidations)
      const round = async () => {
        const counts = await Promise.all(looks.map((one) => one.look()))
        return counts[0] + counts[1]
      }
      context.assert.equal(await round(), 20)
      context.assert.lengthOf(accounts.asked, 20)
      context.assert.lengthOf(new Set(accounts.asked.map(({ token }) => token)), 20)
      clock.advance(HOUR - 1)
      context.assert.equal(await round(), 0)
      clock.advance(1)
      context.assert.equal(await round(), 20)
      context.assert.lengthOf(accounts.asked, 40)
    })

    test('only windows that are open count; paused and inactive connections are left alone', async (context) => {
      const { engine, connect, accounts } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        windowed
      )
      await connect('open', OPEN)
      await connect('closed', { ...LATER, keep_alive_until: NOW })
      await connect('never', LATER)
      await connect('paused', { ...OPEN, paused_at: NOW })
      await connect('inactive', { ...OPEN, is_active: false, status: 'needs_reauth' })
      context.assert.equal(await engine.dueValidations.look(), 1)
      context.assert.deepEqual(
        accounts.asked.map(({ token }) => token),
        ['first-open']
      )
    })

    test('a provider that is always kept alive is validated without a window, one that does not ask never', async (context) => {
      const asking = await verificationFixture(dialect, (work) => context.cleanup(work), {
        validationInterval: '1h',
      })
      await asking.connect('ana', LATER)
      context.assert.equal(await asking.engine.dueValidations.look(), 1)
      const silent = await verificationFixture(dialect, (work) => context.cleanup(work))
      await silent.connect('ana', LATER)
      context.assert.equal(await silent.engine.dueValidations.look(), 0)
    })

    test('a refused token is refreshed on the way', async (context) => {
      const { engine, connect, row, refused } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        windowed
      )
      const id = await connect('ana', OPEN)
      refused.add('first-ana')
      await engine.dueValidations.look()
      context.assert.deepInclude(await row(id), { refresh_count: 1, last_validated_at: NOW })
    })

    test('what trouble kept from being validated is due again after five minutes', async (context) => {
      const { engine, clock, connect, row, accounts } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        windowed
      )
      const id = await connect('ana', OPEN)
      accounts.on('/validate', { status: 503, body: {} })
      context.assert.equal(await engine.dueValidations.look(), 1)
      context.assert.isNull((await row(id)).last_validated_at)
      context.assert.equal(await engine.dueValidations.look(), 0)
      clock.advance(5 * MINUTE)
      accounts.on('/validate', { body: { id: 'ana' } })
      context.assert.equal(await engine.dueValidations.look(), 1)
      context.assert.equal(Number((await row(id)).last_validated_at), NOW + 5 * MINUTE)
    })

    test('the scheduler looks each minute and says how many it validated', async (context) => {
      const { engine, connect, lines } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        windowed
      )
      await connect('ana', OPEN)
      await connect('bob', OPEN)
      const log = (_: object, message: string) => void lines.push(message)
      const idle = { tick: async () => 0 }
      const jobs = new TokenRefreshScheduler({
        ...engine,
        notifications: {
          dispatcher: idle,
          notifier: idle,
          prune: async () => ({ matters: 0, deliveries: 0 }),
        },
        logger: { info: log, warn: log, error: log },
        settings: { sweepInterval: 1_000 },
      })
      await jobs.validate()
      await jobs.validate()
      const told = lines.filter((line) => line.startsWith('[Scheduled]'))
      context.assert.deepEqual(told, ['[Scheduled] 2 validated'])
    })

    test('an engine that closes ends its look after the group that is being tested', async (context) => {
      const { engine, sibling, connect, accounts } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        windowed
      )
      for (let account = 0; account < 9; account++) await connect(`account-${account}`, OPEN)
      let stopped: Promise<void> | null = null
      const other = sibling({
        sleep: async () => {
          stopped ??= other.dueValidations.stop()
        },
      })
      context.assert.equal(await other.dueValidations.look(), 3)
      await stopped
      context.assert.lengthOf(accounts.asked, 3)
      context.assert.equal(await engine.dueValidations.look(), 6)
    })

    test('a database that may be a copy validates nothing', async (context) => {
      const { engine, connect, quarantine, accounts } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        windowed
      )
      await engine.installation.check()
      await connect('ana', OPEN)
      context.cleanup(() => engine.installation.lift().then(() => {}))
      await quarantine('restored')
      context.assert.equal(await engine.dueValidations.look(), 0)
      context.assert.lengthOf(accounts.asked, 0)
    })
  })
}
