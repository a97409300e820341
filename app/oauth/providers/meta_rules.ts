import { at, isObject, optionalText } from '#oauth/own'
import type { AccountVerdict, FailureRule, LimitedAnswer } from '#oauth/types'

/** What Facebook Login, its pages and Instagram Login have in common: the error envelope of the Graph API. */

const INSTRUCTIONS: Readonly<Record<string, string>> = {
  459: 'Log in at facebook.com and pass the check that is waiting there.',
  464: 'Log in at facebook.com and confirm the account.',
}

// Permission errors: 10 and everything from 200 to 299.
const NO_PERMISSION = /^(10|2\d\d)$/

/** https://developers.facebook.com/docs/graph-api/guides/error-handling, finer codes before the codes they belong to. */
export const GRAPH_FAILURES: readonly FailureRule[] = [
  { message: /error validating client secret/i, class: 'configuration' },
  ...Object.entries(INSTRUCTIONS).map(([subcode, instruction]): FailureRule => ({
    error: '190',
    subcode,
    class: 'locked',
    instruction,
  })),
  { error: ['190', '102'], class: 'rejected' },
  { error: '368', class: 'suspended' },
  { error: ['4', '17', '32', '613'], class: 'rate_limited' },
  { error: NO_PERMISSION, class: 'configuration' },
  { error: ['1', '2'], class: 'unavailable' },
  { where: { path: 'error.is_transient', is: true }, class: 'unavailable' },
]

/**
 * Only this header names an end, in minutes, per kind of use; it is often missing on the very answer that is refused
 * (https://developers.facebook.com/docs/graph-api/overview/rate-limiting).
 */
export function graphWait({ headers }: LimitedAnswer): number | null {
  const usage: unknown = JSON.parse(headers.get('x-business-use-case-usage') ?? 'null')
  if (!isObject(usage)) return null
  const minutes = Object.values(usage)
    .flat()
    .map((use) => Number(at(use, 'estimated_time_to_regain_access')))
    .filter((time) => time > 0)
  return minutes.length === 0 ? null : Math.max(...minutes) * 60_000
}

/** What `debug_token` says against a token; null where it is valid. */
export function debugVerdict(body: Record<string, unknown>): AccountVerdict | null {
  if (at(body, 'data.is_valid') === true) return null
  const code = optionalText(at(body, 'data.error.code')) ?? 'invalid_token'
  const subcode = optionalText(at(body, 'data.error.subcode')) ?? ''
  const locked = Object.hasOwn(INSTRUCTIONS, subcode)
  return {
    class: code === '368' ? 'suspended' : locked ? 'locked' : 'rejected',
    code: subcode === '' ? code : `${code}/${subcode}`,
    description: optionalText(at(body, 'data.error.message')),
  }
}
