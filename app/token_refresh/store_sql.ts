import type { Value } from '#store/driver'
import { CLAIM_COLUMNS } from '#token_refresh/claim'

/**
 * The statements of the refresh path. `?` is a value, `?t` an instant (see `store/driver.ts`). Every statement that
 * finishes an attempt clears the lease columns only where the attempt still holds them.
 */

const FREE = '(lease_until IS NULL OR lease_until <= ?t OR lease_until > ?t)'

const CLAIM = `SET attempt_id = uuid_v7(), lease_until = ?t, worker_id = ?,
  open_attempts = open_attempts + 1, last_refresh_status = 'pending'`

/** Values: lease end, worker, id, now, now + longest lease and some, force, the version that was read or null. */
export const CLAIM_ONE = `UPDATE connections ${CLAIM}
  WHERE id = ? AND ${FREE} AND paused_at IS NULL AND (is_active OR ?)
    AND token_version = COALESCE(?, token_version)
  RETURNING ${CLAIM_COLUMNS}`

const DUE = `provider = ? AND is_active AND paused_at IS NULL AND next_refresh_at <= ?t AND ${FREE}`

const dueFirst = (dialect: 'sqlite' | 'postgres', priority: string) => `SELECT id FROM connections
    WHERE ${priority} ${DUE}
    ORDER BY next_refresh_at LIMIT ? ${dialect === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : ''}`

/**
 * Claims what is due at a provider: first those of high priority, up to a limit of their own, then whoever has been due
 * for longest. Where nobody has high priority, its partial index is empty and the statement is the second part alone.
 */
export const claimDue = (dialect: 'sqlite' | 'postgres') => `WITH
  urgent AS MATERIALIZED (${dueFirst(dialect, "priority = 'high' AND")}),
  due AS MATERIALIZED (${dueFirst(dialect, '')})
  UPDATE connections ${CLAIM}
  WHERE id IN (SELECT id FROM (
    SELECT id FROM urgent UNION ALL SELECT id FROM due WHERE id NOT IN (SELECT id FROM urgent)) AS first LIMIT ?)
  RETURNING ${CLAIM_COLUMNS}`

/**
 * Whether `claimDue` would find any, of whatever priority. SQLite fills its tables even where nothing is due, which takes
 * ten times as long as this look; and nobody else writes between the two. Values: provider, now, now, void.
 */
export const ANY_DUE = `SELECT 1 AS found FROM connections WHERE ${DUE} LIMIT 1`

/** The values of `claimDue`. `void` is the moment after which a lease is void; `urgent` limits those of high priority. */
export function dueValues(due: {
  provider: string
  now: number
  void: number
  urgent: number
  limit: number
  leaseUntil: number
  worker: string
}): Value[] {
  const open = [due.provider, due.now, due.now, due.void]
  return [...open, due.urgent, ...open, due.limit, due.leaseUntil, due.worker, due.limit]
}

/** Clears the lease of an attempt that still holds it, inside an UPDATE ... SET. Values: attempt, four times. */
const CLEAR_LEASE = `open_attempts = CASE WHEN attempt_id = ? THEN 0 ELSE open_attempts END,
  lease_until = CASE WHEN attempt_id = ? THEN NULL ELSE lease_until END,
  worker_id = CASE WHEN attempt_id = ? THEN NULL ELSE worker_id END,
  attempt_id = CASE WHEN attempt_id = ? THEN NULL ELSE attempt_id END`

/** The connection's own word goes before its provider's. Values: whether the provider says always, planned. */
const KEPT_ALIVE = `keep_alive = 'always' OR (keep_alive IS NULL AND ?) OR keep_alive_until > ?t`

/**
 * The fence of a success: the row still holds what was presented, the grant is the claimed one, and either nobody
 * stored tokens meanwhile or this answer rotated (then it may be the only live token and is kept even if late).
 */
const SUCCESS_FENCE = `id = ? AND grant_generation = ? AND credential_fp = ? AND (token_version = ? OR ?)`

const NEW_TOKENS = `
    access_token = ?, refresh_token = COALESCE(?, refresh_token), spare_refresh_token = NULL,
    scopes = COALESCE(?, scopes), metadata = COALESCE(?, metadata),
    token_expires_at = ?t, expiry_source = ?, grant_expires_at = ?t, credential_fp = ?,
    token_version = token_version + 1, refresh_count = refresh_count + 1,
    last_token_refresh_at = ?t, last_refresh_status = 'success', token_refresh_failed_at = NULL,
    next_refresh_at = CASE WHEN ${KEPT_ALIVE} THEN ?t END,
    status = 'connected', status_reason = ?, error_code = NULL, error_message = NULL,
    ${CLEAR_LEASE}, retry_count = 0, updated_at = ?t`

/** A success of a connection in use. It leaves alone what most indexes depend on. */
export const STORE_TOKENS = `UPDATE connections SET ${NEW_TOKENS}
  WHERE ${SUCCESS_FENCE} AND is_active AND NOT is_suspended`

/** The same for one that was given up: it comes back. */
export const STORE_AND_REVIVE = `UPDATE connections SET ${NEW_TOKENS},
    is_active = TRUE, is_suspended = FALSE, suspended_at = NULL, suspended_reason = NULL
  WHERE ${SUCCESS_FENCE}`

/**
 * A successor that lost: somebody else's tokens are in the row. Kept sealed and tried before any strike. Where the row
 * holds that very token already, or still the one that was presented, there is nothing to keep.
 */
export const STORE_SPARE = `UPDATE connections SET spare_refresh_token = ?
  WHERE id = ? AND grant_generation = ? AND credential_fp NOT IN (?, ?)`

export const RECORD_FAILURE = `UPDATE connections SET
    status = ?, status_reason = ?, error_code = ?, error_message = ?, is_active = ?,
    token_refresh_failed_at = ?t, last_refresh_status = 'error',
    next_refresh_at = CASE WHEN ? OR ${KEPT_ALIVE} THEN ?t END, retry_count = ?,
    is_suspended = ?, suspended_at = CASE WHEN ? THEN ?t ELSE suspended_at END,
    suspended_reason = CASE WHEN ? THEN ? ELSE suspended_reason END,
    open_attempts = CASE WHEN ? THEN open_attempts ELSE 0 END,
    attempt_id = NULL, lease_until = NULL, worker_id = NULL, updated_at = ?t
  WHERE id = ? AND attempt_id = ? AND token_version = ? AND grant_generation = ?`

export const USE_SPARE = `UPDATE connections SET
    refresh_token = ?, spare_refresh_token = NULL, credential_fp = ?, token_version = token_version + 1,
    next_refresh_at = ?t, open_attempts = 0, attempt_id = NULL, lease_until = NULL, worker_id = NULL, updated_at = ?t
  WHERE id = ? AND attempt_id = ? AND token_version = ? AND grant_generation = ?`

/** Gives an unused claim back. Values: unschedule, not before, not before, id, attempt. */
export const RELEASE = `UPDATE connections SET
    open_attempts = CASE WHEN open_attempts > 0 THEN open_attempts - 1 ELSE 0 END,
    next_refresh_at = CASE WHEN ? THEN NULL WHEN next_refresh_at < ?t THEN ?t ELSE next_refresh_at END,
    last_refresh_status = CASE WHEN last_token_refresh_at IS NULL THEN NULL ELSE 'success' END,
    attempt_id = NULL, lease_until = NULL, worker_id = NULL
  WHERE id = ? AND attempt_id = ?`

/** Frees the lease of an attempt whose answer came too late to count. */
export const LET_GO = `UPDATE connections SET open_attempts = 0, attempt_id = NULL, lease_until = NULL, worker_id = NULL
  WHERE id = ? AND attempt_id = ?`

/** Holds the connection in place while a late attempt is written; a connection that is gone took its log along. */
export const lockConnection = (dialect: 'sqlite' | 'postgres') =>
  `SELECT id FROM connections WHERE id = ? ${dialect === 'postgres' ? 'FOR KEY SHARE' : ''}`

export const INSERT_ATTEMPT = `INSERT INTO refresh_attempts (id, organization_id, connection_id, run_id, provider, kind,
    outcome, failure_class, error_code, error_message, http_status, strike, transition, in_doubt, duration_ms,
    old_expires_at, new_expires_at, old_fp, new_fp, details, worker_id, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?t, ?t, ?, ?, ?, ?, ?t)
  ON CONFLICT (id) DO NOTHING`

export const readGates = (dialect: 'sqlite' | 'postgres', count: number) =>
  `SELECT * FROM client_gates WHERE id IN (${Array(count).fill('?').join(', ')}) ORDER BY id
   ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`

export const ENSURE_GATE =
  'INSERT INTO client_gates (id, updated_at) VALUES (?, ?t) ON CONFLICT (id) DO NOTHING'

export const WRITE_GATE = `INSERT INTO client_gates
    (id, flow, reason, error_code, until, failures, allowance, allowance_at, updated_at)
  VALUES (?, ?, ?, ?, ?t, ?, ?, ?t, ?t)
  ON CONFLICT (id) DO UPDATE SET flow = excluded.flow, reason = excluded.reason, error_code = excluded.error_code,
    until = excluded.until, failures = excluded.failures, allowance = excluded.allowance,
    allowance_at = excluded.allowance_at, updated_at = excluded.updated_at`

export const inFlight = (count: number) =>
  `SELECT count(*) AS count FROM connections
   WHERE lease_until > ?t AND provider IN (${Array(count).fill('?').join(', ')})`

export const READ_LEASE = `SELECT attempt_id, lease_until, is_active, paused_at, provider, token_expires_at, token_version
  FROM connections WHERE id = ?`

/** A simulated attempt settles nothing. */
export const READ_LAST_ATTEMPT = `SELECT id FROM refresh_attempts WHERE connection_id = ? AND kind <> 'test'
  ORDER BY created_at DESC LIMIT 1`

export const READ_ATTEMPT = `SELECT outcome, failure_class, error_code, strike, old_expires_at, new_expires_at, connection_id
  FROM refresh_attempts WHERE id = ?`

/** A database that is a copy of another refreshes nothing until a person says so. */
export const READ_QUARANTINE = 'SELECT id FROM installation WHERE quarantined_at IS NOT NULL'

/** Takes a claim up again that was taken back. Values: attempt, lease end, worker, id, version, now. */
export const CLAIM_AGAIN = `UPDATE connections SET attempt_id = ?, lease_until = ?t, worker_id = ?,
    open_attempts = open_attempts + 1, last_refresh_status = 'pending'
  WHERE id = ? AND token_version = ? AND (lease_until IS NULL OR lease_until <= ?t)`
