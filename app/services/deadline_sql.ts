type Dialect = 'sqlite' | 'postgres'

/**
 * The statements that write warnings into the outbox `events`. Each is one statement, and the unique key decides between
 * processes. `?` is a value, `?t` an instant (see `store/driver.ts`).
 */

/** The numbers of days that rules name, in any organization. */
export const READ_ASKED_DAYS =
  'SELECT DISTINCT grant_days FROM notification_rules WHERE is_active AND grant_days IS NOT NULL ORDER BY grant_days'

/** Only where a rule names this number of days. Values: days. */
const ASKED =
  'AND organization_id IN (SELECT organization_id FROM notification_rules WHERE is_active AND grant_days = ?)'

/**
 * `asked`: the threshold of some rule, whose event says so: it is there for that rule alone. Values: severity, days, days,
 * now, now, from, until; where it is asked for, days.
 */
export const warnOfDeadline = (dialect: Dialect, { asked }: { asked: boolean }) => `INSERT INTO events
    (id, organization_id, connection_id, provider, name, severity, data, dedupe_key, created_at)
  SELECT ${newId(dialect)}, organization_id, id, provider, 'connection.expiring', CAST(? AS TEXT),
    ${object(dialect)}('reason', 'deadline', 'days', CAST(? AS INTEGER), 'deadline', ${millis(dialect, 'grant_expires_at')}
      ${asked ? `, 'asked', ${dialect === 'sqlite' ? "json('true')" : 'TRUE'}` : ''}),
    'connection.expiring:' || id || ':' || grant_generation || ':' || CAST(? AS INTEGER) || 'd:' ||
      ${day(dialect, 'grant_expires_at')}, ?t
  FROM connections
  WHERE is_active AND paused_at IS NULL AND status IN ('connected', 'token_expired')
    AND grant_expires_at > ?t AND grant_expires_at <= ?t ${asked ? ASKED : ''}
  ON CONFLICT (dedupe_key) DO NOTHING`

/** Values: severity, now, provider, planned before. */
export const warnOfOverdue = (dialect: Dialect) => `INSERT INTO events
    (id, organization_id, connection_id, provider, name, severity, data, dedupe_key, created_at)
  SELECT ${newId(dialect)}, organization_id, id, provider, 'connection.expiring', CAST(? AS TEXT),
    ${object(dialect)}('reason', 'overdue', 'planned', ${millis(dialect, 'next_refresh_at')}),
    'connection.expiring:' || id || ':' || grant_generation || ':overdue:' || token_version, ?t
  FROM connections
  WHERE provider = ? AND is_active AND paused_at IS NULL AND next_refresh_at <= ?t
  ON CONFLICT (dedupe_key) DO NOTHING`

/** A UUID version 7 (RFC 9562 §5.7) made by the database, so that one statement can make many. */
function newId(dialect: Dialect): string {
  if (dialect === 'sqlite') {
    const time = "printf('%012x', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))"
    const random = (bytes: number) => `hex(randomblob(${bytes}))`
    return `lower(substr(${time}, 1, 8) || '-' || substr(${time}, 9) || '-7' || substr(${random(2)}, 2) || '-a' ||
      substr(${random(2)}, 2) || '-' || ${random(6)})`
  }
  const time = 'substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)'
  const bytes = `overlay(uuid_send(gen_random_uuid()) PLACING ${time} FROM 1 FOR 6)`
  return `encode(set_bit(set_bit(${bytes}, 52, 1), 53, 1), 'hex')::uuid`
}

const object = (dialect: Dialect) => (dialect === 'sqlite' ? 'json_object' : 'jsonb_build_object')

const millis = (dialect: Dialect, column: string) =>
  dialect === 'sqlite' ? column : `floor(extract(epoch FROM ${column}) * 1000)::bigint`

const day = (dialect: Dialect, column: string) => `(${millis(dialect, column)} / 86400000)`
