import app from '@adonisjs/core/services/app'
import type Run from '#models/run'
import settings from '#config/token_refresh'
import { healthExpression, narrowTo, type AccountFilter } from '#services/account_list'
import type { Begun } from '#services/background_runs'
import { loadProviderFacts } from '#services/load_provider_facts'
import { processRuns } from '#services/process_runs'
import type { RunSelection } from '#services/run_selection'

interface BulkRefresh {
  organizationId: string
  filter: AccountFilter
  /** Who asked. */
  actor: string
}

/** A refresh of many that goes on by itself. */
export interface SelectedRefresh {
  selection: RunSelection
  trigger: Run['trigger']
  actor: string
  /** The same key asked for again joins the run that is under way here. */
  key: string
}

/**
 * Refreshes every account that the list shows for a filter, due or not, as a run that goes on after this answers with its
 * id. Paused and inactive accounts and those outside their authorization windows are left alone. The same filter asked for
 * again joins the run that is under way here.
 */
export async function refreshMatching({ organizationId, filter, actor }: BulkRefresh): Promise<Begun> {
  const health = healthExpression(await loadProviderFacts(organizationId), Date.now())
  const words = wordsOf(filter)
  const selection = {
    organizationId,
    provider: filter.provider ?? undefined,
    force: true,
    narrow: { words, apply: (query: Parameters<typeof narrowTo>[0]) => narrowTo(query, filter, health) },
  }
  const key = JSON.stringify([organizationId, filter.provider, words])
  return refreshSelected({ selection, trigger: 'ui', actor, key })
}

/** Refreshes what is selected, as a run that goes on after this answers with its id; null while the process is ending. */
export async function refreshSelected(asked: SelectedRefresh): Promise<Begun> {
  const { selection, trigger, actor, key } = asked
  const engine = await app.container.make('engine')
  const { concurrency } = settings
  return processRuns().begin(key, (means) =>
    engine.runs.run({
      job: 'token:refresh',
      kind: 'manual',
      trigger,
      actor,
      selection,
      concurrency,
      ...means,
    })
  )
}

function wordsOf({ health, q }: AccountFilter): Record<string, string> {
  return { ...(health ? { status: health } : {}), ...(q ? { search: q } : {}) }
}
