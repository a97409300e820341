import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import Run from '#models/run'
import { inGroup, type ResultGroup } from '#services/run_results'

/** An account that changed sides between two runs. */
export interface ChangedAccount {
  id: string
  provider: string
  displayName: string | null
  username: string | null
  providerAccountId: string
}

export interface Changed {
  count: number
  /** The first of them. */
  accounts: ChangedAccount[]
}

/** A run beside the last one of the same job before it. */
export interface RunComparison {
  previous: Run
  /** Failed now, and not before. */
  failing: Changed
  /** Failed before, and went well now. */
  recovered: Changed
}

const SHOWN = 12

/** Compares a run that has ended with its predecessor; null where there is none that ended. */
export async function compareWithPrevious(run: Run): Promise<RunComparison | null> {
  if (run.state !== 'finished' && run.state !== 'cancelled') return null
  const previous = await predecessor(run)
  if (!previous) return null
  return {
    previous,
    failing: await changed({ run, now: 'failed', previous, failedBefore: false }),
    recovered: await changed({ run, now: 'done', previous, failedBefore: true }),
  }
}

async function predecessor(run: Run): Promise<Run | null> {
  const runs = Run.query().where('job', run.job).whereIn('state', ['finished', 'cancelled'])
  if (run.organizationId === null) return null
  return runs
    .where('organization_id', run.organizationId)
    .whereNot('id', run.id)
    .where('created_at', '<=', toInstant(run.createdAt) as number)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .first()
}

interface Sides {
  run: Run
  now: ResultGroup
  previous: Run
  failedBefore: boolean
}

async function changed({ run, now, previous, failedBefore }: Sides): Promise<Changed> {
  const query = () =>
    inGroup(db.from('run_results as r').where('r.run_id', run.id), 'r.status', now).where((both) => {
      const same = db.from('run_results as p').where('p.run_id', previous.id).select('p.connection_id')
      inGroup(same.whereColumn('p.connection_id', 'r.connection_id'), 'p.status', 'failed')
      if (failedBefore) both.whereExists(same)
      else both.whereNotExists(same)
    })
  const [{ total }] = await query().count('* as total')
  const rows = await query()
    .join('connections as c', 'c.id', 'r.connection_id')
    .select('c.id', 'c.provider', 'c.display_name', 'c.username', 'c.provider_account_id')
    .orderBy('r.provider')
    .orderBy('r.connection_id')
    .limit(SHOWN)
  return { count: Number(total), accounts: rows.map(toAccount) }
}

function toAccount(row: Record<string, unknown>): ChangedAccount {
  return {
    ...{ id: row.id as string, provider: row.provider as string },
    displayName: row.display_name as string | null,
    username: row.username as string | null,
    providerAccountId: row.provider_account_id as string,
  }
}
