/** The statements of a scrape. `?` is a value, `?t` an instant (see `store/driver.ts`). Each reads an index. */

/** Values: provider, now. */
export const COUNT_DUE = `SELECT count(*) AS due, min(next_refresh_at) AS first FROM connections
  WHERE provider = ? AND is_active AND paused_at IS NULL AND next_refresh_at <= ?t`

/** Values: provider, now. */
export const FIRST_DUE = `SELECT next_refresh_at AS first FROM connections
  WHERE provider = ? AND is_active AND paused_at IS NULL AND next_refresh_at <= ?t
  ORDER BY next_refresh_at LIMIT 1`

/** Values: provider, now, expiring before. */
export const COUNT_EXPIRING = `SELECT count(*) AS expiring FROM connections
  WHERE provider = ? AND is_active AND paused_at IS NULL AND token_expires_at > ?t AND token_expires_at <= ?t`

/** Values: now. */
export const COUNT_LEASED = 'SELECT count(*) AS leased FROM connections WHERE lease_until > ?t'

/** Values: now. A pause that has passed is open: the next refresh tries it. */
export const READ_CLOSED_GATES = `SELECT id, reason FROM client_gates
  WHERE flow = 'probing' OR (flow = 'paused' AND (until IS NULL OR until > ?t))`

export const COUNT_DELIVERIES = `SELECT
  (SELECT count(*) FROM deliveries WHERE state = 'waiting') AS waiting,
  (SELECT count(*) FROM deliveries WHERE state = 'dead') AS dead`

export const COUNT_OPEN_RUNS = `SELECT state, count(*) AS runs FROM runs
  WHERE state IN ('queued', 'running') GROUP BY state`

/** Runs that worked and have ended. Values: entered after, ended after. */
export const READ_ENDED_RUNS = `SELECT id, job, started_at, finished_at FROM runs
  WHERE created_at >= ?t AND finished_at >= ?t AND started_at IS NOT NULL AND kind <> 'test'`

/** Values: entered after. */
export const COUNT_ENDED_RUNS = `SELECT state, count(*) AS runs FROM runs
  WHERE created_at >= ?t AND state IN ('finished', 'cancelled', 'failed') GROUP BY state`
