import type { AccountFilter } from '#services/account_list'
import { HEALTH_WORDS } from '#services/connection_health'

/** Reads the list's filter from a query string. What makes no sense is ignored, so that old links keep working. */
export function accountFilter(input: Record<string, unknown>): AccountFilter {
  return {
    health: HEALTH_WORDS.find((word) => word === input.status) ?? null,
    provider: text(input.provider, 64),
    q: text(input.q, 200),
  }
}

function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  return value.replaceAll('\0', '').trim().slice(0, longest) || null
}
