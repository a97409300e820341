import type RefreshAttempt from '#models/refresh_attempt'
import type { ProviderFacts } from '#services/provider_facts'
import { accountName } from '#transformers/account_name'
import { attemptRow } from '#transformers/attempt_row'

/** A line of the refresh log with the account that it is about. */
export function activityRow(attempt: RefreshAttempt, facts: ProviderFacts) {
  return {
    ...attemptRow(attempt),
    runId: attempt.runId,
    account: { id: attempt.connectionId, name: accountName(attempt.connection) },
    provider: facts.look(attempt.provider),
  }
}
