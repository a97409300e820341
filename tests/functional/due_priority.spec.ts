/** Accounts of high priority are claimed first where more is due than there are slots, and nobody waits for ever. */
import { test } from '@japa/runner'
import { claimDue, dueValues } from '#token_refresh/store_sql'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'

const GATE = { id: 'acme', providers: ['acme'], limits: { perSecond: null, concurrency: null } }
const manual = { kind: 'manual' } as const

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Priority on ${dialect}`, (group) => {
    let fixture: EngineFixture
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
    })

    /** Accounts by name, the first due for longest; those in capitals have high priority. */
    const connect = async (names: string) => {
      const ids = new Map<string, string>()
      for (const [index, name] of [...names].entries()) {
        const priority = name === name.toLowerCase() ? 'normal' : 'high'
        const due = NOW - HOUR + index * MINUTE
        ids.set(await fixture.connect(name, { next_refresh_at: due, priority }), name)
      }
      return ids
    }
    const claim = async (ids: Map<string, string>, limit: number) => {
      const work = { settlements: [], claims: [], due: { gates: [GATE], limit } }
      const { due } = await fixture.engine.store.turn(work)
      return due.claims
        .map(({ connectionId }) => ids.get(connectionId) ?? '?')
        .sort()
        .join('')
    }

    test('where nobody has it, whoever has been due for longest goes first', async ({ assert }) => {
      const ids = await connect('abcdef')
      assert.equal(await claim(ids, 2), 'ab')
      assert.equal(await claim(ids, 3), 'cde')
    })

    test('those of high priority go first', async ({ assert }) => {
      const ids = await connect('abcdXY')
      assert.equal(await claim(ids, 3), 'XYa')
    })

    test('of four slots one goes to whoever has been due for longest', async ({ assert }) => {
      assert.equal(await claim(await connect('abcUVWXYZ'), 8), 'UVWXYZab')
    })

    test('so does every fourth of slots that come one at a time', async ({ assert }) => {
      const ids = await connect('abcUVWXYZ')
      const order: string[] = []
      for (let slot = 0; slot < 8; slot++) order.push(await claim(ids, 1))
      assert.deepEqual(order, ['U', 'V', 'W', 'a', 'X', 'Y', 'Z', 'b'])
    })

    test('a paused account and one that is not due are not claimed, whatever their priority', async ({
      assert,
    }) => {
      const ids = await connect('abXY')
      const idOf = (name: string) => [...ids].find(([, one]) => one === name)![0]
      await fixture.update(idOf('X'), { paused_at: NOW })
      await fixture.update(idOf('Y'), { next_refresh_at: NOW + HOUR })
      assert.equal(await claim(ids, 2), 'ab')
    })

    test('the claim finds both by an index of its own', async ({ assert }) => {
      const values = dueValues({
        ...{ provider: 'acme', now: NOW, void: NOW + HOUR, urgent: 3, limit: 4, leaseUntil: NOW + MINUTE },
        worker: '00000000-0000-7000-8000-000000000001',
      })
      if (dialect === 'postgres') await fixture.all('SET enable_seqscan = off')
      const prefix = dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'
      const plan = JSON.stringify(await fixture.all(`${prefix} ${claimDue(dialect)}`, values))
      if (dialect === 'postgres') await fixture.all('RESET enable_seqscan')
      assert.include(plan, 'connections_urgent_index')
      assert.include(plan, 'connections_due_index')
    })

    test('chance brings a refresh forward by the share of its window that the account says', async ({
      assert,
    }) => {
      const late = fixture.sibling({ random: () => 0.5 })
      for (const [jitter, share] of [
        [null, 0.05],
        [0, 0],
        [40, 0.2],
      ] as const) {
        const id = await fixture.connect(`jitter-${jitter}`, { refresh_jitter: jitter })
        await late.refresh.refreshOne(id, manual)
        const next = Number((await fixture.row(id)).next_refresh_at)
        assert.equal(next, NOW + HOUR - 5 * MINUTE * (1 + share))
      }
    })
  })
}
