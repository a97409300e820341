import { toInstant } from '#models/columns'
import ProviderRow from '#models/provider'
import type { CredentialFinding, Verdict } from '#services/credential_test'

/** What the last test of a provider's credentials found. Instants are milliseconds. */
export interface KeptTest {
  at: number
  /** Who asked for it. */
  by: string
  /** Null: the credentials were changed since. */
  verdict: Verdict | null
  /** The provider's own code, with the status of its answer. */
  code: string | null
}

const LONGEST_CODE = 255

/** What was answered, as pages show it. */
export function toldCode({ code, status }: Extract<CredentialFinding, { tested: true }>): string {
  return status === null ? (code ?? '') : `${code ?? ''}, HTTP ${status}`
}

/** Reads the row of an added provider before it is tested. */
export function rowToTest(rowId: string): Promise<ProviderRow | null> {
  return ProviderRow.find(rowId)
}

/**
 * Keeps what a test found, unless the provider was changed since the row was read: then it was not these credentials that
 * were tested. The time of the provider's own change stays, by which other processes notice it.
 */
export async function keepTest(
  row: ProviderRow,
  finding: CredentialFinding,
  { by, at }: { by: string; at: number }
): Promise<void> {
  if (!finding.tested) return
  await ProviderRow.query()
    .where('id', row.id)
    .where('updated_at', toInstant(row.updatedAt))
    .update({
      tested_at: toInstant(at),
      tested_by: by.slice(0, 255),
      test_verdict: finding.verdict,
      test_code: toldCode(finding).slice(0, LONGEST_CODE) || null,
    })
}

/** The last tests of an organization's own providers, by the id of their row. */
export async function keptTests(organizationId: string): Promise<Map<string, KeptTest>> {
  const rows = await ProviderRow.query()
    .where('organization_id', organizationId)
    .whereNotNull('tested_at')
    .select('id', 'tested_at', 'tested_by', 'test_verdict', 'test_code')
  return new Map(
    rows.map(({ id, testedAt, testedBy, testVerdict, testCode }) => [
      id,
      {
        at: testedAt!.toMillis(),
        by: testedBy ?? '',
        verdict: testVerdict as Verdict | null,
        code: testCode,
      },
    ])
  )
}
