import { setImmediate as breathe } from 'node:timers/promises'
import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import Run from '#models/run'
import Worker from '#models/worker'
import { Remembered } from '#services/overview/remembered'
import { ENDED } from '#services/worker_registry'

export const STRIP_LENGTH = 60

/** The newest runs of a job, newest first; as many as the strip of the schedule shows. */
export function latestRuns(organizationId: string, job: string): Promise<Run[]> {
  return Run.query()
    .where('organization_id', organizationId)
    .where('job', job)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(STRIP_LENGTH)
}

/** The processes that share this database, those whose scheduler ticked last first. */
export function listWorkers(): Promise<Worker[]> {
  return Worker.query().whereNot('role', ENDED).orderBy('started_at').orderBy('id')
}

/** A time to come in equal parts, in milliseconds. */
export interface PlanQuery {
  from: number
  step: number
  count: number
}

/** A provider whose refreshes are planned; `windowed`: only while an authorization window is open. */
export interface PlannedProvider {
  id: string
  windowed: boolean
}

/** How many refreshes are planned in each part, and how many are due by now. */
export interface RefreshPlan {
  parts: number[]
  due: number
}

/** A look at more than this many milliseconds ahead is taken in several, so that others get their turn between them. */
const LOOK = 60 * 60_000

const remembered = new Remembered(() => performance.now())

/**
 * The refreshes that stand in an organization's plan. Reads the index of what is due, in short looks; where that took
 * long, the answer is kept for a while.
 */
export function refreshPlan(
  organizationId: string,
  providers: readonly PlannedProvider[],
  query: PlanQuery
): Promise<RefreshPlan> {
  const key = JSON.stringify([organizationId, db.primaryConnectionName, providers, query])
  return remembered.ask(key, () => readPlan(organizationId, providers, query))
}

async function readPlan(
  organizationId: string,
  providers: readonly PlannedProvider[],
  { from, step, count }: PlanQuery
): Promise<RefreshPlan> {
  const plan: RefreshPlan = { parts: Array.from({ length: count }, () => 0), due: 0 }
  const kinds = Map.groupBy(providers, ({ windowed }) => windowed)
  for (const [windowed, group] of kinds) {
    const ids = group.map(({ id }) => id)
    plan.due += await countPlanned(organizationId, ids, { windowed, from, to: from })
    for (let begin = from; begin < from + step * count; begin += LOOK) {
      const to = Math.min(begin + LOOK, from + step * count)
      const rows = await planned(organizationId, ids, { windowed, from, to, begin, step })
      for (const { part, total } of rows) plan.parts[Number(part)] += Number(total)
      // SQLite answers at once, so that awaiting it lets nobody else work.
      await breathe()
    }
  }
  return plan
}

interface Look {
  windowed: boolean
  /** This moment. */
  from: number
  to: number
}

async function countPlanned(organizationId: string, ids: string[], look: Look): Promise<number> {
  const [{ total }] = await upTo(organizationId, ids, look).count('* as total')
  return Number(total)
}

function planned(
  organizationId: string,
  ids: string[],
  { begin, step, ...look }: Look & { begin: number; step: number }
): Promise<{ part: number | string; total: number | string }[]> {
  const isPostgres = db.connection().dialect.name === 'postgres'
  const at = isPostgres ? 'extract(epoch FROM next_refresh_at) * 1000' : 'next_refresh_at * 1.0'
  return upTo(organizationId, ids, look)
    .where('next_refresh_at', '>=', toInstant(begin) as number)
    .select(db.raw(`floor((${at} - ?) / ?) AS part`, [look.from, step]))
    .count('* as total')
    .groupByRaw('1')
}

/** SQLite would read all accounts of an organization; the sign keeps it from the index for that (its docs, "optoverview" §2). */
const OWN = { sqlite: '+organization_id = ?', postgres: 'organization_id = ?' } as const

function upTo(organizationId: string, ids: string[], { windowed, from, to }: Look) {
  const query = db
    .from('connections')
    .whereIn('provider', ids)
    .whereRaw(OWN[db.connection().dialect.name === 'postgres' ? 'postgres' : 'sqlite'], [organizationId])
    .whereRaw('is_active AND paused_at IS NULL AND next_refresh_at IS NOT NULL')
    .where('next_refresh_at', '<', toInstant(to) as number)
  const isOpen = toInstant(from) as number
  if (windowed)
    query.where((open) => void open.where('keep_alive', 'always').orWhere('keep_alive_until', '>', isOpen))
  return query
}
