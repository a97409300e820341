type Dialect = 'sqlite' | 'postgres'

/** The statements of the overview. `?` is a value, `?t` an instant (see `store/driver.ts`). */

/** In trouble and not paused; the words of the index `connections_troubled_index`. */
export const TROUBLED = `paused_at IS NULL
  AND (status <> 'connected' OR NOT is_active OR token_refresh_failed_at IS NOT NULL)`

/** Which equal part of a span an instant lies in, counted from 0; a part's begin is excluded. Values: from, step. */
export const partOf = (dialect: Dialect, column: string) =>
  dialect === 'sqlite'
    ? `(${column} - CAST(? AS INTEGER) - 1) / CAST(? AS INTEGER)`
    : `CAST(floor((extract(epoch FROM ${column}) * 1000 - CAST(? AS float8) - 1) / CAST(? AS float8)) AS integer)`

/** Values: for each of both clocks after, to, from, step; then the organization and after, to for each. */
export const COUNT_ENDINGS = (
  dialect: Dialect
) => `SELECT provider, token_part, grant_part, count(*) AS accounts
  FROM (SELECT provider, ${within(dialect, 'token_expires_at')} AS token_part,
      ${within(dialect, 'grant_expires_at')} AS grant_part
    FROM connections WHERE organization_id = ? AND (token_expires_at > ?t AND token_expires_at <= ?t
      OR grant_expires_at > ?t AND grant_expires_at <= ?t)) AS ending
  GROUP BY provider, token_part, grant_part`

const within = (dialect: Dialect, column: string) =>
  `CASE WHEN ${column} > ?t AND ${column} <= ?t THEN ${partOf(dialect, column)} END`

/** Values: now, until, organization. */
export const READ_SOON = `SELECT provider,
    min(CASE WHEN is_active AND paused_at IS NULL THEN next_refresh_at END) AS next,
    sum(CASE WHEN token_expires_at > ?t AND token_expires_at <= ?t THEN 1 ELSE 0 END) AS ending
  FROM connections WHERE organization_id = ? GROUP BY provider`

/** Values: organization. */
export const COUNT_TROUBLES = `SELECT provider, status, status_reason, is_active, count(*) AS accounts
  FROM connections WHERE organization_id = ? AND ${TROUBLED}
  GROUP BY provider, status, status_reason, is_active`

/** When each of so many connections was last tried. Values: their ids. */
export const LAST_TRIED = (ids: number) => `SELECT connections.id, (SELECT created_at FROM refresh_attempts
    WHERE connection_id = connections.id AND kind <> 'test' ORDER BY created_at DESC LIMIT 1) AS tried_at
  FROM connections WHERE connections.id IN (${Array.from({ length: ids }, () => '?').join(', ')})`
