import Run from '#models/run'
import { newestFirst, type Cursor, type ListPage } from '#services/newest_first'

export const RUN_STATES = ['queued', 'running', 'finished', 'cancelled', 'failed'] as const
export type RunState = (typeof RUN_STATES)[number]

export const OUTCOMES = ['success', 'failed', 'superseded'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const TRIGGERS = ['schedule', 'ui', 'command', 'api'] as const
export type Trigger = (typeof TRIGGERS)[number]

export interface RunFilter {
  job: string | null
  state: RunState | null
  trigger?: Trigger | null
}

const PAGE_SIZE = 50
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** One page of an organization's runs, newest first. */
export function runPage(
  organizationId: string,
  filter: RunFilter,
  cursor: Cursor | null,
  size = PAGE_SIZE
): Promise<ListPage<Run>> {
  const query = Run.query().where('organization_id', organizationId)
  if (filter.job) query.where('job', filter.job)
  if (filter.state) query.where('state', filter.state)
  if (filter.trigger) query.where('trigger', filter.trigger)
  return newestFirst(query, cursor, size)
}

/** The run, or null where it does not exist in this organization. */
export async function findRun(organizationId: string, id: string): Promise<Run | null> {
  if (!UUID.test(id)) return null
  return Run.query().where('organization_id', organizationId).where('id', id.toLowerCase()).first()
}

/** What a list needs of a connection to name it; no token is read. */
export const NAMED = ['id', 'display_name', 'username', 'provider_account_id']
