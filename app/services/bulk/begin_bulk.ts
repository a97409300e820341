import app from '@adonisjs/core/services/app'
import { EVERYTHING } from '#services/account_filter/account_filter'
import { healthExpression, type AccountFilter } from '#services/account_list'
import type { Begun } from '#services/background_runs'
import { refreshMatching, refreshSelected } from '#services/bulk_refresh'
import { BULK_JOBS, SWITCHES, type BulkAction, type BulkChange } from '#services/bulk/bulk_actions'
import { changeAsRun, type Changer } from '#services/bulk/change_run'
import { ReconnectSender } from '#services/bulk/send_reconnect_link'
import { changeTag } from '#services/bulk/tag_change'
import { changeOne } from '#services/connection_changes'
import { countSelected, type ConnectionSelection } from '#services/connection_selection'
import { loadProviderFacts } from '#services/load_provider_facts'
import { processRuns } from '#services/process_runs'

/** Accounts that somebody chose: some by hand, or all that the list shows for a filter. */
export interface Choice {
  organizationId: string
  ids: readonly string[] | null
  filter: AccountFilter
}

export interface BulkRequest extends Choice {
  action: BulkAction
  tag: string | null
  /** Who asked, and in which language. */
  actor: string
  locale: string
}

/** How many accounts are chosen now. */
export async function countChosen(choice: Choice): Promise<number> {
  const facts = await loadProviderFacts(choice.organizationId)
  return countSelected(selectionOf(choice), healthExpression(facts, Date.now()))
}

/**
 * Begins a run that does this to every chosen account and goes on after its id is answered. The same asked for again joins
 * the run that is under way here; null while the process is ending. A process that dies leaves the run as failed.
 */
export async function beginBulk(request: BulkRequest): Promise<Begun> {
  const { action, organizationId, ids, filter, actor, tag } = request
  if (action !== 'refresh') return beginChange(request, { action, tag })
  if (ids === null) return refreshMatching({ organizationId, filter, actor })
  const selection = { organizationId, ids, force: true, activeOnly: true }
  return refreshSelected({
    selection,
    trigger: 'ui',
    actor,
    key: JSON.stringify([organizationId, 'ids', ids]),
  })
}

async function beginChange(request: BulkRequest, change: BulkChange): Promise<Begun> {
  const { organizationId, actor, ids, filter } = request
  const engine = await app.container.make('engine')
  const health = healthExpression(await loadProviderFacts(organizationId), Date.now())
  const chosen = ids === null ? wordsOf(filter) : { ids }
  const heading = {
    ...{
      organizationId,
      job: BULK_JOBS[change.action],
      kind: 'manual' as const,
      trigger: 'ui' as const,
      actor,
    },
    selection: { ...chosen, ...(change.tag === null ? {} : { tag: change.tag }) },
    workerId: engine.workers.id,
  }
  const work = { heading, selection: selectionOf(request), health, clock: engine.clock }
  const changer = await changerOf(request, change)
  const key = JSON.stringify([organizationId, change, chosen])
  return processRuns().begin(key, (means) => changeAsRun({ ...work, ...means, ...changer }))
}

async function changerOf(
  { organizationId, actor, locale }: BulkRequest,
  { action, tag }: BulkChange
): Promise<Changer> {
  const engine = await app.container.make('engine')
  if (action === 'tag' || action === 'untag')
    return { change: ({ id }) => changeTag(organizationId, id, tag as string, action) }
  if (action === 'link') {
    const links = await app.container.make('connectLinks')
    const letters = await app.container.make('reconnectLetters')
    const means = { engine, links, letters, locale }
    const sender = new ReconnectSender(means, { organizationId, createdBy: actor })
    return { change: (one) => sender.prepare(one), conclude: (tell, signal) => sender.send(tell, signal) }
  }
  const named = SWITCHES.find((one) => one === action) as (typeof SWITCHES)[number]
  return {
    async change(one) {
      const { status, reason } = await changeOne(engine, named, organizationId, one)
      return { status, reason }
    },
  }
}

function selectionOf({ organizationId, ids, filter }: Choice): ConnectionSelection {
  if (ids !== null) return { organizationId, ids, filter: EVERYTHING }
  const { search, provider, health } = filter
  return { organizationId, filter: search, beside: { provider, health } }
}

/** What was chosen, as the page of a run says it. */
function wordsOf({ health, provider, q }: AccountFilter) {
  const words = { ...(health ? { status: health } : {}), ...(q ? { search: q } : {}) }
  return { ...(provider ? { provider } : {}), narrow: { words } }
}
