import { isUsable, unasked, type Verification } from '#services/verification/verification'
import type { VerificationSelector } from '#services/verification/verification_selection'
import type { VerificationService } from '#services/verification/verification_service'

/** The answer of `validate-and-refresh` (X4). */
export interface ValidationReport {
  valid_connection_ids: string[]
  results: ValidationResult[]
}

export interface ValidationResult {
  connection_id: string
  valid: boolean
  reason: string
  error_code: string | null
  instruction: string | null
  retry_at: string | null
  token_expires_at: string | null
}

export interface ValidateOptions {
  organizationId: string
  ids: readonly string[]
  autoRefresh: boolean
  onProgress?: (done: number, total: number) => void
  /** Ends it early: ids that were not looked at yet are told as such. */
  signal?: AbortSignal
}

/** Tells which of some connections can be used now, and why the others cannot (X4). */
export class TokenValidation {
  constructor(
    private readonly deps: {
      verification: Pick<VerificationService, 'verify'>
      selector: Pick<VerificationSelector, 'known'>
      concurrency: number
    }
  ) {}

  /** Those of the ids that the organization does not have. */
  async unknownIds(organizationId: string, ids: readonly string[]): Promise<string[]> {
    const known = await this.deps.selector.known(organizationId, ids)
    return ids.filter((id) => !known.has(id.toLowerCase()))
  }

  /**
   * Looks at each id once: expiry, a refresh where that is wanted, a test at the provider. Results come in the order of
   * the ids; one that the organization does not have is `not_found`, whoever else has it.
   */
  async validate({
    organizationId,
    ids,
    autoRefresh,
    onProgress,
    signal,
  }: ValidateOptions): Promise<ValidationReport> {
    const wanted = [...new Set(ids.map((id) => id.toLowerCase()))]
    const known = await this.deps.selector.known(organizationId, wanted)
    const found = new Map<string, Verification>()
    const queue = wanted.filter((id) => known.has(id)).values()
    const work = async () => {
      for (const id of queue) {
        if (signal?.aborted) return
        found.set(id, await this.deps.verification.verify(id, { autoRefresh }))
        onProgress?.(found.size, known.size)
      }
    }
    await Promise.all(Array.from({ length: this.deps.concurrency }, work))
    const results = wanted.map((id) =>
      toResult(found.get(id) ?? unasked(id, known.has(id) ? 'interrupted' : 'not_found'))
    )
    const valid = results.filter((result) => result.valid).map((result) => result.connection_id)
    return { valid_connection_ids: valid, results }
  }
}

function toResult(verification: Verification): ValidationResult {
  const { connectionId, reason, errorCode, instruction, retryAt, expiresAt } = verification
  return {
    connection_id: connectionId,
    valid: isUsable(verification),
    reason,
    error_code: errorCode,
    instruction,
    retry_at: iso(retryAt),
    token_expires_at: iso(expiresAt),
  }
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString()
}
