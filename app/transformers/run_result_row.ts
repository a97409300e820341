import { FAILURE_CLASSES } from '#oauth/types'
import type { FailureCause } from '#services/run_result_counts'
import type { RunResultLine } from '#services/run_result_list'
import type { ChangedAccount } from '#services/run_comparison'
import { shownGroupOf } from '#services/run_results'
import type { ProviderFacts } from '#services/provider_facts'
import { accountName } from '#transformers/account_name'

const LOOKS = {
  failed: { icon: 'x', outcome: 'failed' },
  retrying: { icon: 'rotate', outcome: 'retrying' },
  done: { icon: 'check', outcome: 'success' },
  planned: { icon: 'clock', outcome: 'planned' },
  skipped: { icon: 'arrow-forward-up', outcome: 'superseded' },
} as const

/** The words that a catalogue has for statuses and reasons of runs; others are shown as they are. */
const STATUSES = new Set([
  ...['refreshed', 'failed', 'skipped', 'would_refresh', 'done', 'paused', 'resumed', 'reactivated'],
  ...['disconnected', 'set', 'valid', 'expired_refreshed', 'invalid', 'suspended', 'untested'],
  ...['tagged', 'untagged', 'linked', 'sent'],
])
const REASONS = new Set<string>([
  ...FAILURE_CLASSES,
  ...['paused', 'inactive', 'no_refresh_path', 'too_young', 'never_expires', 'not_due', 'due', 'forced'],
  ...['rehearsed', 'refreshed', 'not_extended', 'superseded', 'not_found', 'provider_busy', 'abandoned'],
  ...['provider_paused', 'stopping', 'quarantine', 'valid', 'expiring', 'expired', 'no_validation'],
  ...['refresh_retrying', 'disconnected', 'no_provider', 'needs_reauth'],
  ...['derived', 'not_connectable', 'has_tag', 'has_no_tag', 'too_many_tags'],
  ...['no_address', 'sent_recently', 'mail_failed', 'letter_stopped'],
])

/** A message key for a word that has one; null where the word itself must do. */
export const statusLabel = (word: string) => (STATUSES.has(word) ? `runs.statuses.${word}` : null)
export const reasonLabel = (word: string) => (REASONS.has(word) ? `runs.reasons.${word}` : null)

/** One account in a run. Instants are milliseconds since the epoch. */
export function runResultRow(line: RunResultLine, facts: ProviderFacts) {
  const { connectionId, provider, status, reason, errorCode, oldExpiresAt, newExpiresAt, retryAt } = line
  const group = shownGroupOf(status, retryAt)
  return {
    account: { id: connectionId, name: accountName(line) },
    provider: { id: provider, ...facts.look(provider) },
    status,
    label: group === 'retrying' ? `runs.groups.${group}` : statusLabel(status),
    ...LOOKS[group],
    reason: reason === status ? null : reason,
    reasonLabel: reason === null ? null : reasonLabel(reason),
    code: errorCode === reason ? null : errorCode,
    ...{ oldExpiresAt, newExpiresAt, retryAt },
  }
}

/** What many accounts failed for. */
export function causeRow(cause: FailureCause, facts: ProviderFacts) {
  return {
    ...cause,
    /** The tab with these accounts; null where they are in two. */
    group: cause.retrying === 0 ? 'failed' : cause.retrying === cause.count ? 'retrying' : null,
    label: reasonLabel(cause.reason),
    code: cause.errorCode === cause.reason ? null : cause.errorCode,
    providers: cause.providers.map(({ provider, count }) => ({
      id: provider,
      count,
      ...facts.look(provider),
    })),
  }
}

/** An account that changed sides between two runs. */
export function changedRow(account: ChangedAccount, facts: ProviderFacts) {
  return { id: account.id, name: accountName(account), provider: facts.look(account.provider).name }
}
