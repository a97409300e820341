import type { Role } from '#models/membership'
import { ids } from '#notifications/dispatch_sql'
import { toRule } from '#notifications/rule_row'
import type { Listeners, Person } from '#notifications/routing'
import type { ChannelKind } from '#notifications/types'
import { all, type Row, type StoreDriver, type Work } from '#store/driver'

type Dialect = StoreDriver['dialect']

/**
 * People of the organization who might hear of something: these, staff, and who has a rule for everything. Values:
 * organization, list of users, organization.
 */
const people = (dialect: Dialect) => `SELECT m.user_id, m.role, u.time_zone, p.quiet_from, p.quiet_until
  FROM memberships AS m JOIN users AS u ON u.id = m.user_id
  LEFT JOIN notification_preferences AS p ON p.organization_id = m.organization_id AND p.user_id = m.user_id
  WHERE m.organization_id = ? AND (m.role IN ('admin', 'operator') OR m.user_id IN ${ids(dialect)}
    OR m.user_id IN (SELECT user_id FROM notification_rules
      WHERE organization_id = ? AND scope = 'organization' AND user_id IS NOT NULL))
  ORDER BY m.user_id`

/** Values: organization, list of users. */
const rulesOf = (dialect: Dialect) => `SELECT * FROM notification_rules
  WHERE organization_id = ? AND (user_id IS NULL OR user_id IN ${ids(dialect)}) ORDER BY created_at, id`

/** Values: list of users. */
const devicesOf = (dialect: Dialect) =>
  `SELECT id, user_id FROM push_subscriptions WHERE user_id IN ${ids(dialect)} ORDER BY created_at, id`

const CHANNELS = `SELECT id, kind FROM notification_channels
  WHERE organization_id = ? AND disabled_at IS NULL ORDER BY created_at, id`

/** Those of an organization who might hear of events that concern these users. Nobody else belongs to the answer. */
export function* readListeners(
  dialect: Dialect,
  organizationId: string,
  concerned: Iterable<string>
): Work<Listeners> {
  const wanted = JSON.stringify([...new Set(concerned)])
  const found = yield* all(people(dialect), [organizationId, wanted, organizationId])
  const users = JSON.stringify(found.map((row) => row.user_id))
  const rules = Map.groupBy(yield* all(rulesOf(dialect), [organizationId, users]), ownerOf)
  const devices = Map.groupBy(yield* all(devicesOf(dialect), [users]), ownerOf)
  const channels = yield* all(CHANNELS, [organizationId])
  return {
    people: found.map((row) => toPerson(row, rules, devices)),
    channels: channels.map((row) => ({ id: row.id as string, kind: row.kind as ChannelKind })),
    organizationRules: (rules.get(null) ?? []).map(toRule),
  }
}

type ByOwner = ReadonlyMap<string | null, readonly Row[]>

const ownerOf = (row: Row) => row.user_id as string | null

function toPerson(row: Row, rules: ByOwner, devices: ByOwner): Person {
  const userId = row.user_id as string
  const [from, until] = [row.quiet_from as string | null, row.quiet_until as string | null]
  return {
    userId,
    role: row.role as Role,
    zone: (row.time_zone as string | null) ?? 'utc',
    quiet: from && until ? { from, until } : null,
    devices: (devices.get(userId) ?? []).map(({ id }) => id as string),
    rules: (rules.get(userId) ?? []).map(toRule),
  }
}
