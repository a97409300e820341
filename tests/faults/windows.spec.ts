import { test } from '@japa/runner'
import { MARGINS, planFor, type Weekend } from '#tests/helpers/windows/plan'
import { WindowSimulation, type Keeper, type SimulationReport } from '#tests/helpers/windows/simulation'
import { ONE_CYCLE } from '#tests/helpers/windows/verdict'
import { MINUTE } from '#tests/helpers/refresh_fixtures'
import { lifeTable } from '#tests/helpers/windows/life_table'

/** `FAULT_GRANTS=10000` for a longer search. */
const GRANTS = Number(process.env.FAULT_GRANTS ?? 2_000)
/** A mutant is caught with far fewer: one lapse is enough. Lives of a minute, which most of the work is for, prove no more. */
const MUTANT_GRANTS = 60
const MUTANT_LIFE = 10 * MINUTE

/** Weekends on which clocks change: forward, back, by half an hour, and not at all. */
const WEEKENDS: readonly Weekend[] = [
  { zone: 'Europe/Berlin', date: '2026-03-28', seed: 1 },
  { zone: 'America/New_York', date: '2026-10-31', seed: 2 },
  { zone: 'Australia/Lord_Howe', date: '2026-04-04', seed: 3 },
  { zone: 'UTC', date: '2026-06-20', seed: 4 },
]

const LAPSED = 'windows lapsed while the provider was up'
const EARLY = 'refreshed before their time'
const OUTSIDE = 'refreshed outside of their window'

/** Schedulers that are broken on purpose, and what is to be said of each. */
const MUTANTS: readonly { keeper: Keeper; what: string; expected: string[] }[] = [
  { keeper: 'nobody', what: 'the sweep and the cycle switched off', expected: [LAPSED] },
  {
    keeper: 'cycle_only',
    what: 'the cycle of 3 h 30 alone, which skips what is valid for longer than the margin',
    expected: [LAPSED],
  },
  { keeper: 'eager', what: 'a cycle that renews all, due or not', expected: [EARLY, OUTSIDE] },
]

/** Everything that T2 forbids, in sentences; empty where it holds. */
function offences({ windows, mismatched, reused }: SimulationReport): string[] {
  const of = (what: string, count: number) => (count === 0 ? [] : [`${count} ${what}`])
  return [
    ...of(LAPSED, windows.filter(({ lapsed }) => lapsed > 0).length),
    ...of('recovered later than a cycle', windows.filter(({ recovery }) => recovery > ONE_CYCLE).length),
    ...of(EARLY, windows.filter((one) => one.premature > 0).length),
    ...of(OUTSIDE, windows.filter((one) => one.outside > 0).length),
    ...of('rows without the token that the provider had given', mismatched),
    ...of('spent tokens presented', reused),
  ]
}

test.group('T2: a token never lapses inside its window', (group) => {
  const zone = process.env.TZ
  group.each.teardown(() => {
    process.env.TZ = zone
  })
  const all: SimulationReport[] = []

  for (const weekend of WEEKENDS) {
    test(`T2: in ${weekend.zone} on ${weekend.date}, with clocks off and corrected and providers away, no window has a second without a token`, async ({
      assert,
    }) => {
      process.env.TZ = weekend.zone
      const count = Math.ceil(GRANTS / WEEKENDS.length)
      const report = await WindowSimulation.play(planFor(weekend, count), 'sweep')
      all.push(report)
      assert.deepEqual(offences(report), [])
      assert.lengthOf(report.windows, count)
      assert.isAbove(report.probes, count)
    }).timeout(300_000)
  }

  test('T2: no token life is refreshed more often than its margin asks for', ({ assert }) => {
    const { text, rows } = lifeTable(all.flatMap(({ windows }) => windows))
    process.stdout.write(`\n${text}\n`)
    for (const { refreshes, allowed } of rows) assert.isAtMost(refreshes, allowed)
    // Outages happened: they turned grants away, and held up tokens that could not wait.
    assert.isTrue(all.some(({ refused }) => refused > 0))
    assert.isTrue(rows.some(({ away, recovery }) => away > 0 && recovery > 0))
  })

  for (const { keeper, what, expected } of MUTANTS) {
    test(`T2: the same check catches a scheduler with ${what}`, async ({ assert }) => {
      const plan = planFor(WEEKENDS[0], MUTANT_GRANTS)
      const grants = plan.grants.filter(({ life }) => life >= MUTANT_LIFE)
      const found = offences(await WindowSimulation.play({ ...plan, grants, outages: [] }, keeper))
      assert.deepEqual(
        found.map((offence) => offence.replace(/^\d+ /, '')),
        expected
      )
    }).timeout(300_000)
  }

  test('the three margins of the specification are among the accounts', ({ assert }) => {
    const { grants } = planFor(WEEKENDS[0], MUTANT_GRANTS)
    assert.sameMembers([...new Set(grants.map(({ provider }) => provider))], Object.keys(MARGINS))
  })
})
