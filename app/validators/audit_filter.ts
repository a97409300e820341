import { ACTION_GROUPS } from '#services/audit/actions'
import type { AuditFilter } from '#services/audit/audit_query'
import { OUTCOMES } from '#services/audit/types'

type Input = Record<string, unknown>

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const DAY = 24 * 60 * 60_000

/** The periods that the trail can be narrowed to, in milliseconds before now. */
export const AUDIT_PERIODS = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY, '90d': 90 * DAY } as const
export type AuditPeriod = keyof typeof AUDIT_PERIODS

/** The filter as it stands in the URL. */
export interface ShownAuditFilter {
  show: 'hand_outs' | null
  group: string | null
  outcome: string | null
  period: string | null
  actor: string | null
  what: string | null
  /** Everything about one thing, by its id. */
  target: string | null
  /** One entry, by its id. */
  entry: string | null
}

/**
 * Reads the filter of the trail. What makes no sense is ignored, so that old links keep working. About one thing, and of
 * one entry, everything is shown: actions and tokens that were taken.
 */
export function auditFilter(input: Input, now: number): { shown: ShownAuditFilter; filter: AuditFilter } {
  const show = input.show === 'hand_outs' ? ('hand_outs' as const) : null
  const group = ACTION_GROUPS.find((one) => one === input.group) ?? null
  const outcome = OUTCOMES.find((one) => one === input.outcome) ?? null
  const period = (Object.keys(AUDIT_PERIODS) as AuditPeriod[]).find((one) => one === input.period) ?? null
  const [actor, what, target] = [text(input.actor, 100), text(input.what, 100), text(input.target, 64)]
  const entry = typeof input.entry === 'string' && UUID.test(input.entry) ? input.entry : null
  return {
    shown: { show, group, outcome, period, actor, what, target, entry },
    filter: {
      ...{ id: entry, show: show ?? (target === null && entry === null ? 'actions' : 'both') },
      ...{ group, outcome, actor, actorId: null, targetId: target, target: what },
      from: period === null ? null : now - AUDIT_PERIODS[period],
    },
  }
}

function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  return value.replaceAll('\0', '').toWellFormed().trim().slice(0, longest) || null
}
