import { test } from '@japa/runner'
import { HOUR } from '#services/figures/period'
import { Remembered } from '#services/overview/remembered'
import { niceMaximum, stackedBars } from '#transformers/chart'
import { overviewChecklist } from '#transformers/overview_checklist'
import { overviewChoice, partsFrom, partsUntil, HORIZONS, PERIODS } from '#transformers/overview_choice'
import { overviewHorizon } from '#transformers/overview_horizon'
import { railOf } from '#transformers/rail'

const t = (key: string) => key
const NOW = Date.UTC(2026, 2, 14, 9, 26, 53)

test.group('The overview: geometry and choices', () => {
  test('the top of a chart is a round number not below its highest bar', ({ assert }) => {
    const values = [0, 1, 3, 7, 10, 11, 49, 312]
    assert.deepEqual(values.map(niceMaximum), [1, 1, 5, 10, 10, 20, 50, 500])
  })

  test('parts are stacked from below, and a single one among thousands can be seen', ({ assert }) => {
    const series = [
      { key: 'ok', label: 'ok' },
      { key: 'failed', label: 'failed' },
    ]
    const { bars, max, total } = stackedBars(series, [
      { label: 'a', values: [4999, 1] },
      { label: 'b', values: [0, 0] },
    ])
    assert.deepEqual([max, total], [5000, 5000])
    const [ok, failed] = bars[0].parts
    assert.isAtLeast(failed.height, 2)
    assert.isAtLeast(failed.y, 0)
    assert.isAtMost(ok.y + ok.height, 120)
    assert.deepEqual(bars[1].parts, [])
  })

  test('what was not asked for, or makes no sense, is the usual choice', ({ assert }) => {
    const usual = overviewChoice({ period: 'forever', horizon: ['7d'] })
    assert.deepEqual([usual.period.id, usual.horizon.id], ['24h', '24h'])
    const asked = overviewChoice({ period: '7d', horizon: '90d' })
    assert.equal(asked.periods.find(({ id }) => id === '1h')?.href, '/?period=1h&horizon=90d')
    assert.equal(asked.periods.find(({ id }) => id === '24h')?.href, '/?horizon=90d')
  })

  test('the period {id} ends with the part that now lies in')
    .with(PERIODS.map((period) => ({ id: period.id, period })))
    .run(({ assert }, { period }) => {
      const past = partsUntil(NOW, period)
      assert.isAbove(past.from + past.step * past.count, NOW)
      assert.isAtMost(past.from + past.step * (past.count - 1), NOW)
      if (past.step >= HOUR) assert.equal(past.from % HOUR, 0)
    })

  test('the horizon {id} begins with the part that now lies in')
    .with(HORIZONS.map((horizon) => ({ id: horizon.id, horizon })))
    .run(({ assert }, { horizon }) => {
      const ahead = partsFrom(NOW, horizon)
      assert.isAtMost(ahead.from, NOW)
      assert.isAbove(ahead.from + ahead.step, NOW)
    })

  test('four providers are named, the others are one; a bar leads to what it counts', ({ assert }) => {
    const endings = ['a', 'b', 'c', 'd', 'e', 'f'].map((provider, index) => ({
      ...{ provider, clock: 'token' as const, part: 1, accounts: 10 - index },
    }))
    const parts = { from: NOW - (NOW % HOUR), step: HOUR, count: 3 }
    const input = { endings, parts, nameOf: (id: string) => id.toUpperCase(), sayMoment: String, t }
    const { token, grant } = overviewHorizon(input)
    assert.deepEqual(
      token.series.map(({ label, total }) => [label, total]),
      [
        ['A', 10],
        ['B', 9],
        ['C', 8],
        ['D', 7],
        ['overview.horizon.others', 11],
      ]
    )
    assert.equal(
      decodeURIComponent(token.bars[1].href!),
      '/accounts?q=expires:>2026-03-14T10:00:00.000Z+expires:<2026-03-14T11:00:00.000Z'
    )
    assert.isNull(token.bars[0].href)
    assert.equal(grant.total, 0)
  })

  test('the bar of the part that now lies in leads to what has not ended yet', ({ assert }) => {
    const endings = [{ provider: 'a', clock: 'token' as const, part: 0, accounts: 1 }]
    const parts = { from: NOW - (NOW % HOUR), step: HOUR, count: 3 }
    const { token } = overviewHorizon({ endings, parts, nameOf: String, sayMoment: String, t })
    assert.equal(
      decodeURIComponent(token.bars[0].href!),
      '/accounts?q=expires:>0ms+expires:<2026-03-14T10:00:00.000Z'
    )
  })

  test('a step is ticked when it is done', ({ assert }) => {
    const providers = [{ client: null, gate: 'my-shop' }]
    const none = { age: null, interval: null }
    const steps = overviewChecklist({ providers, hasAccounts: false, heartbeat: none })
    assert.deepEqual(
      steps.map(({ done }) => done),
      [false, false, false]
    )
    assert.deepEqual(steps[0].commands, ['MY_SHOP_CLIENT_ID=', 'MY_SHOP_CLIENT_SECRET='])
    const heartbeat = { age: 1_000, interval: 5_000 }
    assert.isTrue(overviewChecklist({ providers, hasAccounts: false, heartbeat })[2].done)
  })

  test('the rail has what a person may enter and the installation has', ({ assert }) => {
    const hrefs = railOf(
      (area) => area === 'all' || area === 'campaigns',
      (path) => path !== '/settings'
    ).map(({ href }) => href)
    assert.deepEqual(hrefs, ['/campaigns', '/inbox', '/alerts'])
  })
})

test.group('Answers that are remembered', () => {
  test('for fifty times what they cost, and not at all where they are cheap or fail', async ({ assert }) => {
    let [time, asked] = [0, 0]
    const remembered = new Remembered(() => time)
    const ask = (cost: number) =>
      remembered.ask('key', async () => {
        time += cost
        return ++asked
      })
    assert.equal(await ask(1), 1)
    time += 1
    assert.equal(await ask(20), 2)
    time += 999
    assert.equal(await ask(20), 2)
    time += 2
    assert.deepEqual(await Promise.all([ask(20), ask(20)]), [3, 3])
    time += 5_000
    await assert.rejects(() => remembered.ask('key', () => Promise.reject(new Error('no'))), 'no')
    assert.equal(await ask(1), 4)
  })

  test('a database that is slow for a moment keeps pages no further than ten seconds behind', async ({
    assert,
  }) => {
    let [time, asked] = [0, 0]
    const remembered = new Remembered(() => time)
    const ask = () =>
      remembered.ask('key', async () => {
        time += 3_000
        return ++asked
      })
    await ask()
    time += 9_999
    assert.equal(await ask(), 1)
    time += 1
    assert.equal(await ask(), 2)
  })
})
