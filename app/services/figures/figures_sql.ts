import { BUCKET_COLUMNS, countBuckets, REFRESH_BOUNDS, RUN_BOUNDS } from '#services/figures/histogram'

type Dialect = 'sqlite' | 'postgres'

/** The statements of the figures. `?` is a value, `?t` an instant (see `store/driver.ts`). */

const hourOf = (dialect: Dialect) =>
  dialect === 'sqlite'
    ? 'a.created_at - a.created_at % 3600000'
    : 'to_timestamp(floor(extract(epoch FROM a.created_at) / 3600) * 3600)'

const millis = (dialect: Dialect, column: string) =>
  dialect === 'sqlite' ? column : `floor(extract(epoch FROM ${column}) * 1000)`

export const OUTCOME = `CASE WHEN a.outcome = 'success' AND a.error_code = 'not_extended' THEN 'not_extended' ELSE a.outcome END`
export const COUNTS = [
  'count(*) AS attempts',
  'sum(a.duration_ms) AS duration_ms',
  ...countBuckets('a.duration_ms', REFRESH_BOUNDS).map(
    (count, index) => `${count} AS ${BUCKET_COLUMNS[index]}`
  ),
].join(', ')
const FROM_LOG = `FROM refresh_attempts AS a LEFT JOIN runs AS r ON r.id = a.run_id
  WHERE a.organization_id = ? AND a.created_at >= ?t AND a.created_at < ?t`
const GROUPS = `a.provider, a.kind, COALESCE(r.job, ''), ${OUTCOME}`

/** Values: organization, from, to. */
export const COUNT_LOG = `SELECT a.provider AS provider, a.kind AS kind, COALESCE(r.job, '') AS job, ${OUTCOME} AS outcome,
  ${COUNTS} ${FROM_LOG} GROUP BY ${GROUPS}`

export const SUMS = ['attempts', 'duration_ms', ...BUCKET_COLUMNS]

/**
 * The hourly figures of a period and the mark up to which they are complete, in one look. Values: first hour, end of the
 * last whole hour, end of the period twice, organization.
 */
export const READ_ROLLED = `SELECT m.rolled_until AS mark, f.provider, f.kind, f.job, f.outcome,
    ${SUMS.map((name) => `sum(f.${name}) AS ${name}`).join(', ')}
  FROM refresh_figure_marks AS m LEFT JOIN refresh_figures AS f
    ON f.organization_id = m.organization_id AND f.hour >= ?t
      AND (f.hour < ?t OR (m.rolled_until < ?t AND f.hour < ?t))
  WHERE m.organization_id = ?
  GROUP BY m.rolled_until, f.provider, f.kind, f.job, f.outcome`

export const ENSURE_MARK = `INSERT INTO refresh_figure_marks (organization_id, rolled_until) VALUES (?, ?t)
  ON CONFLICT (organization_id) DO NOTHING`

/** Holds the mark until the transaction ends, so that two processes cannot count the same attempts. */
export const HOLD_MARK = `UPDATE refresh_figure_marks SET rolled_until = rolled_until
  WHERE organization_id = ? RETURNING rolled_until`

export const MOVE_MARK = 'UPDATE refresh_figure_marks SET rolled_until = ?t WHERE organization_id = ?'

/** Where a slice of the log ends. Values: organization, from, to, length of the slice. */
export const SLICE_END = `SELECT created_at FROM refresh_attempts
  WHERE organization_id = ? AND created_at >= ?t AND created_at < ?t ORDER BY created_at LIMIT 1 OFFSET ?`

/** Adds a slice of the log to its hours. Values: organization, from, to. */
export const ADD_SLICE = (dialect: Dialect) => `INSERT INTO refresh_figures
    (organization_id, hour, provider, kind, job, outcome, ${SUMS.join(', ')})
  SELECT a.organization_id, ${hourOf(dialect)}, a.provider, a.kind, COALESCE(r.job, ''), ${OUTCOME}, ${COUNTS}
  ${FROM_LOG}
  GROUP BY a.organization_id, ${hourOf(dialect)}, ${GROUPS}
  ON CONFLICT (organization_id, hour, provider, kind, job, outcome) DO UPDATE SET
    ${SUMS.map((name) => `${name} = refresh_figures.${name} + excluded.${name}`).join(', ')}`

/** Values: organization, provider, now, expiring before. */
export const COUNT_EXPIRING = `SELECT count(*) AS expiring FROM connections
  WHERE organization_id = ? AND provider = ? AND is_active AND paused_at IS NULL
    AND token_expires_at > ?t AND token_expires_at <= ?t`

/** Runs that began in a period and have ended, by job and state. Values: organization, from, to. */
export const COUNT_RUNS = (dialect: Dialect) => `SELECT job, state, count(*) AS runs, sum(ms) AS duration_ms,
    ${countBuckets('ms', RUN_BOUNDS)
      .map((count, index) => `${count} AS ${BUCKET_COLUMNS[index]}`)
      .join(', ')}
  FROM (SELECT job, state, ${millis(dialect, 'finished_at')} - ${millis(dialect, 'started_at')} AS ms
    FROM runs WHERE organization_id = ? AND created_at >= ?t AND created_at < ?t
      AND started_at IS NOT NULL AND finished_at IS NOT NULL AND kind <> 'test') AS ended
  GROUP BY job, state ORDER BY job`
