import { test } from '@japa/runner'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { ACCOUNTS, NotificationKills } from '#tests/helpers/lab/notification_kills'
import { DELIVERY_POINTS } from '#tests/helpers/lab/notification_points'

const trials = Number(process.env.FAULT_TRIALS ?? 10)

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Workers killed between a settlement and its message on ${dialect}`, (group) => {
    group.each.timeout(15 * 60_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('no transition is without its message, and none has two with different ids', async ({
      assert,
      cleanup,
    }) => {
      const kills = await NotificationKills.open(dialect, cleanup)
      // The second database proves the same rules; a fifth of the kills is enough for that.
      const rounds = dialect === 'sqlite' ? trials : Math.ceil(trials / 5)
      for (let round = 0; round < rounds; round++) {
        for (const point of DELIVERY_POINTS) {
          const aftermath = await kills.trial(point)
          // Only who dies with a message on its way lets it arrive again.
          const repeated = point === 'received' || point === 'recording' ? 1 : 0
          const whole = { killed: true, deactivated: ACCOUNTS, events: ACCOUNTS, told: ACCOUNTS, ids: 1 }
          assert.deepEqual(aftermath, { ...whole, repeated, unfinished: 0 }, `${point}, round ${round}`)
        }
      }
    })
  })
}
