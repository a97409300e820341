import RefreshAttempt from '#models/refresh_attempt'
import Run from '#models/run'
import { newestFirst, type Cursor, type ListPage } from '#services/newest_first'

export const RUN_STATES = ['queued', 'running', 'finished', 'cancelled', 'failed'] as const
export type RunState = (typeof RUN_STATES)[number]

export const OUTCOMES = ['success', 'failed', 'superseded'] as const
export type Outcome = (typeof OUTCOMES)[number]
export type OutcomeCounts = Record<Outcome, number>

export interface RunFilter {
  job: string | null
  state: RunState | null
}

const PAGE_SIZE = 50
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** One page of an organization's runs, newest first. */
export function runPage(
  organizationId: string,
  filter: RunFilter,
  cursor: Cursor | null
): Promise<ListPage<Run>> {
  const query = Run.query().where('organization_id', organizationId)
  if (filter.job) query.where('job', filter.job)
  if (filter.state) query.where('state', filter.state)
  return newestFirst(query, cursor, PAGE_SIZE)
}

/** The run, or null where it does not exist in this organization. */
export async function findRun(organizationId: string, id: string): Promise<Run | null> {
  if (!UUID.test(id)) return null
  return Run.query().where('organization_id', organizationId).where('id', id.toLowerCase()).first()
}

/** One page of the refreshes that a run made, newest first, each with the account that it was about. */
export function runResults(
  run: Run,
  outcome: Outcome | null,
  cursor: Cursor | null
): Promise<ListPage<RefreshAttempt>> {
  const query = attemptsOf(run).preload('connection', (connection) => connection.select(NAMED))
  if (outcome) query.where('outcome', outcome)
  return newestFirst(query, cursor, PAGE_SIZE)
}

/** How many refreshes of a run ended how. */
export async function outcomeCounts(run: Run): Promise<OutcomeCounts> {
  const rows = await attemptsOf(run)
    .pojo<{ outcome: Outcome; total: number | string }>()
    .select('outcome')
    .count('* as total')
    .groupBy('outcome')
  const found = new Map(rows.map(({ outcome, total }) => [outcome, Number(total)]))
  return {
    success: found.get('success') ?? 0,
    failed: found.get('failed') ?? 0,
    superseded: found.get('superseded') ?? 0,
  }
}

/** What a list needs of a connection to name it; no token is read. */
export const NAMED = ['id', 'display_name', 'username', 'provider_account_id']

function attemptsOf(run: Run) {
  return RefreshAttempt.query().where('run_id', run.id)
}
