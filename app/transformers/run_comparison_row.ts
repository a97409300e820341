import type { ProviderFacts } from '#services/provider_facts'
import type { RunComparison } from '#services/run_comparison'
import { changedRow } from '#transformers/run_result_row'
import { runRow } from '#transformers/run_row'

/** A run beside the last one of the same job. */
export function runComparisonRow({ previous, failing, recovered }: RunComparison, facts: ProviderFacts) {
  const { id, at } = runRow(previous)
  return {
    previous: { id, at },
    failing: { count: failing.count, accounts: failing.accounts.map((one) => changedRow(one, facts)) },
    recovered: { count: recovered.count, accounts: recovered.accounts.map((one) => changedRow(one, facts)) },
  }
}
