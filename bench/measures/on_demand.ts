import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { openBetterAuth } from '../support/better_auth.js'
import { dueFile, removeFile } from '../support/databases.js'
import { startBenchEngine } from '../support/engine.js'
import { startEndpoint } from '../support/provider.js'
import type { Context, Measure, Series } from '../support/types.js'

const ACCOUNTS = 50
const CALLERS = 10

/** Lets every caller ask for every account at once and counts the good answers. */
async function storm(ids: readonly string[], ask: (id: string) => Promise<boolean>): Promise<number> {
  const calls = ids.flatMap((id) => Array.from({ length: CALLERS }, () => ask(id)))
  return (await Promise.all(calls)).filter(Boolean).length
}

type Round = (url: string) => Promise<number>

async function ours(context: Context, url: string): Promise<number> {
  const ids: string[] = []
  const file = await dueFile(context, { count: ACCOUNTS, onRow: (id) => ids.push(id) })
  const driver = openSqliteDriver(file, systemClock)
  const engine = await startBenchEngine({
    driver,
    tokenEndpoint: url,
    seed: context.seed,
    concurrency: ACCOUNTS,
  })
  const good = await storm(ids, async (id) => {
    const outcome = await engine.refresh.refreshOne(id, { kind: 'on_demand' })
    return outcome.status === 'refreshed'
  })
  await engine.close()
  removeFile(file)
  return good
}

async function count(context: Context, name: string, round: Round): Promise<Record<string, Series>> {
  const calls: Series = { unit: 'calls', rounds: [] }
  const answers: Series = { unit: 'answers', rounds: [] }
  for (let index = 0; index < context.rounds; index++) {
    const endpoint = await startEndpoint({ delay: 50, strict: true, seed: context.seed })
    answers.rounds.push([await round(endpoint.url)])
    calls.rounds.push([(await endpoint.counts()).calls])
    context.progress(`${name}: ${calls.rounds.at(-1)} calls, ${answers.rounds.at(-1)} good answers`)
    endpoint.close()
  }
  return { [`${name}, calls`]: calls, [`${name}, good answers`]: answers }
}

export const measure: Measure = {
  name: 'on-demand',
  how:
    `${ACCOUNTS} connections with lapsed tokens and ${CALLERS} callers for each, all at the same moment, against a ` +
    'provider that answers after 50 ms and refuses a refresh token that was used before. Ours is refreshOne with the ' +
    'kind on_demand; better-auth is asked by getAccessToken with its generic OAuth plugin on SQLite.',
  figures: [
    {
      title: '50 expired × 10 callers: provider calls',
      unit: 'calls',
      of: { series: 'Evergrant, calls' },
      target: { is: 'exactly', value: ACCOUNTS },
    },
    {
      title: '50 expired × 10 callers: good answers',
      unit: 'answers',
      of: { series: 'Evergrant, good answers' },
      target: { is: 'exactly', value: ACCOUNTS * CALLERS },
    },
    {
      title: 'the same with better-auth: provider calls',
      unit: 'calls',
      of: { series: 'better-auth, calls' },
      target: null,
    },
    {
      title: 'the same with better-auth: good answers',
      unit: 'answers',
      of: { series: 'better-auth, good answers' },
      target: null,
    },
  ],
  async run(context) {
    const series = await count(context, 'Evergrant', (url) => ours(context, url))
    const library = await openBetterAuth()
    if (!library) return { series, notes: ['better-auth is not installed, so its columns are missing'] }
    const theirs = await count(context, 'better-auth', async (url) => {
      const accounts = await library.connect({
        url,
        folder: context.folder,
        count: ACCOUNTS,
        seed: context.seed,
      })
      const good = await storm(accounts.ids, accounts.hasToken)
      accounts.close()
      return good
    })
    return { series: { ...series, ...theirs }, notes: [`better-auth ${library.version}`] }
  },
}
