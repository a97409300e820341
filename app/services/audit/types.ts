import type { AuditAction } from '#services/audit/actions'
import type { TargetKind } from '#services/audit/targets'

export const ACTOR_KINDS = ['person', 'api_key', 'command', 'link'] as const

/** Who acts. The name is the one of that moment; the organization is null where none is known. */
export interface Actor {
  kind: (typeof ACTOR_KINDS)[number]
  id: string | null
  name: string
  organizationId: string | null
}

/**
 * `begun`: the action was let through and nothing was heard since, so it was interrupted or is under way. `refused`: it
 * was not done, for a reason that the person was told. `failed`: it broke off on our side.
 */
export const OUTCOMES = ['begun', 'done', 'refused', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** From where somebody acts. */
export interface Origin {
  ip: string | null
  userAgent: string | null
  requestId: string | null
}

/** What a field was before and is after; null: it was not there, or is not there any more. */
export type Changes = Record<string, [before: unknown, after: unknown]>

/** One entry before anything was done. */
export interface Begun {
  actor: Actor
  action: AuditAction
  target: { kind: TargetKind | null; id: string | null; name: string | null }
  origin: Origin
}

/** How an entry ends. `status` is the status of the answer, or a command's exit code. */
export interface Ended {
  outcome: Exclude<Outcome, 'begun'>
  status: number | null
  /** The organization that was made, where none was known before. */
  organizationId: string | null
  target: { id: string | null; name: string | null }
  changes: Changes
  /** What was asked for beside the target: flags of a command, the search of a bulk action. */
  given: Record<string, unknown>
}
