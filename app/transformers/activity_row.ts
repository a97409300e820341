import type RefreshAttempt from '#models/refresh_attempt'
import type { ProviderFacts } from '#services/provider_facts'
import { accountName } from '#transformers/account_name'
import { attemptRow } from '#transformers/attempt_row'
import { reasonLabel } from '#transformers/run_result_row'

/** How much an entry of the log matters. */
const LEVELS = {
  info: { icon: 'info-circle', tone: 'plain' },
  warning: { icon: 'alert-triangle', tone: 'retried' },
  error: { icon: 'alert-octagon', tone: 'bad' },
} as const
export type Level = keyof typeof LEVELS

/** After these only a person can help. */
const FINAL = new Set(['deactivated', 'suspended', 'locked'])

/** An error: somebody must act. A warning: it went wrong and heals by itself, or won nothing. */
export function levelOf({ outcome, transition, errorCode }: RefreshAttempt): Level {
  if (outcome === 'failed') return FINAL.has(transition ?? '') ? 'error' : 'warning'
  return errorCode === 'not_extended' ? 'warning' : 'info'
}

/** A line of the refresh log with the account that it is about. `job`: of the run that it belongs to. */
export function activityRow(attempt: RefreshAttempt, facts: ProviderFacts, job: string | null = null) {
  const level = levelOf(attempt)
  const row = attemptRow(attempt)
  return {
    ...row,
    level,
    levelIcon: LEVELS[level].icon,
    tone: LEVELS[level].tone,
    kindKey: attempt.kind,
    reasonLabel: row.failure === null ? null : reasonLabel(row.failure),
    runId: attempt.runId,
    job,
    account: { id: attempt.connectionId, name: accountName(attempt.connection) },
    provider: { id: attempt.provider, ...facts.look(attempt.provider) },
  }
}
