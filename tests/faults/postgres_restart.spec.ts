import { test } from '@japa/runner'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { OwnPostgres, postgresPrograms } from '#tests/helpers/lab/own_postgres'

const programs = postgresPrograms()

test.group('A PostgreSQL that crashes and comes back', (group) => {
  group.each.timeout(90_000)
  group.tap((one) => {
    if (!programs) one.skip(true, 'no PostgreSQL programs on this machine')
  })

  for (const moment of ['received', 'rotated'] as const) {
    test(`restarted while requests are ${moment === 'received' ? 'on their way' : 'answered'}: each is sent once and stored once`, async ({
      assert,
      cleanup,
    }) => {
      const postgres = await OwnPostgres.start(programs ?? '')
      cleanup(() => postgres.stop())
      const bench = await LabBench.open(cleanup, { dialect: 'postgres', url: postgres.url })
      const { accounts } = await bench.connect('ana', 30)
      const engine = bench.engine()
      await bench.lab.hold(moment)
      const sweep = engine.refresh.refreshDue()
      await bench.lab.gathered(30)
      postgres.restart()
      await bench.lab.release()
      const { refreshed } = await sweep
      assert.equal(refreshed, 30)
      const findings = await bench.checker.judge(accounts)
      assert.isTrue(findings.every(({ lost, behind, presented }) => !lost && !behind && presented === 1))
      assert.lengthOf(await bench.database.attempts(accounts), 30)
    })
  }
})
