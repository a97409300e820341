import { test } from '@japa/runner'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { killMatrix, NAIVE, OURS, type Cell } from '#tests/helpers/lab/kill_matrix'
import { killTable, publish } from '#tests/helpers/lab/kill_report'

const trials = Number(process.env.FAULT_TRIALS ?? 10)

const sum = (
  cells: readonly Cell[],
  field: 'lost' | 'unexplained' | 'presentedTwice' | 'falselyDeactivated'
) => cells.reduce((total, cell) => total + cell[field], 0)

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Workers killed in the middle of a refresh on ${dialect}`, (group) => {
    group.each.timeout(15 * 60_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('only a strict provider can take a grant, only with its answer, and never without a flag', async ({
      assert,
    }) => {
      // The second database proves the same rules; a fifth of the kills is enough for that.
      const rounds = dialect === 'sqlite' ? trials : Math.ceil(trials / 5)
      const ours = await killMatrix(OURS, dialect, rounds)
      const naive = dialect === 'sqlite' ? await killMatrix(NAIVE, dialect, rounds) : []
      publish(
        `Kills on ${dialect}: ours beside "select due; post; update" in batches of five`,
        killTable(ours, naive)
      )

      for (const cell of ours) assert.equal(cell.kills, rounds, `${cell.reuse} ${cell.point}`)
      const [strict, forgiving] = [true, false].map((is) =>
        ours.filter(({ reuse }) => (reuse === 'strict') === is)
      )
      assert.equal(sum(forgiving, 'lost'), 0)
      assert.equal(sum(strict, 'unexplained'), 0)
      for (const { lost, flagged, point } of strict) assert.equal(flagged, lost, point)
      assert.equal(sum(ours, 'presentedTwice'), 0)
      assert.equal(sum(ours, 'falselyDeactivated'), 0)
    })
  })
}
