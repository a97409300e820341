import type { Digest } from '#notifications/quiet_hours'
import { documentOf } from '#notifications/rows'
import type { Rule } from '#notifications/rule_match'
import { RULE_NUMBERS, toNumbers } from '#notifications/rule_numbers'
import type { Severity } from '#notifications/types'
import type { Row } from '#store/driver'

/** A row of `notification_rules`. */
export function toRule(row: Row): Rule {
  return {
    id: row.id as string,
    name: row.name as string,
    events: documentOf<Rule['events']>(row.events, []),
    providers: documentOf<string[]>(row.providers, []),
    tags: documentOf<string[]>(row.tags, []),
    channels: documentOf<string[]>(row.channels, []),
    severity: row.severity as Severity,
    numbers: toNumbers((field) => row[RULE_NUMBERS[field].column] as number | null),
    scope: row.scope as Rule['scope'],
    digest: row.digest as Digest,
    isActive: Boolean(row.is_active),
  }
}
