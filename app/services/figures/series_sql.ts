import { BUCKET_COLUMNS } from '#services/figures/histogram'
import { COUNTS, OUTCOME, SUMS } from '#services/figures/figures_sql'

type Dialect = 'sqlite' | 'postgres'

/** The statements of figures over time. `?` is a value, `?t` an instant (see `store/driver.ts`). */

/** Which part of a period an instant lies in, counted from 0; its begin is included. Values: from, step. */
const partOf = (dialect: Dialect, column: string) =>
  dialect === 'sqlite'
    ? `(${column} - CAST(? AS INTEGER)) / CAST(? AS INTEGER)`
    : `CAST(floor((extract(epoch FROM ${column}) * 1000 - CAST(? AS float8)) / CAST(? AS float8)) AS integer)`

/** Hourly figures by part, and the mark up to which they are complete. Values: from, step, from, to, organization. */
export const READ_ROLLED_PARTS = (dialect: Dialect) => `SELECT mark, part, provider, kind, job, outcome,
    ${SUMS.map((name) => `sum(${name}) AS ${name}`).join(', ')}
  FROM (SELECT m.rolled_until AS mark, ${partOf(dialect, 'f.hour')} AS part, f.provider, f.kind, '' AS job, f.outcome,
      f.attempts, f.duration_ms, ${BUCKET_COLUMNS.map((name) => `f.${name}`).join(', ')}
    FROM refresh_figure_marks AS m LEFT JOIN refresh_figures AS f
      ON f.organization_id = m.organization_id AND f.hour >= ?t AND f.hour < ?t AND f.kind <> 'test'
    WHERE m.organization_id = ?) AS rolled
  GROUP BY mark, part, provider, kind, job, outcome`

/** Values: from, step, organization, from, to. */
export const COUNT_LOG_PARTS = (dialect: Dialect) => `SELECT ${partOf(dialect, 'a.created_at')} AS part,
    a.provider AS provider, a.kind AS kind, '' AS job, ${OUTCOME} AS outcome, ${COUNTS}
  FROM refresh_attempts AS a
  WHERE a.organization_id = ? AND a.created_at >= ?t AND a.created_at < ?t AND a.kind <> 'test'
  GROUP BY 1, 2, 3, 4, 5`

/** Failures after which only a person can help; the log keeps these longest. Values: from, step, organization, from, to. */
export const COUNT_FINAL_FAILURES = (dialect: Dialect) => `SELECT ${partOf(dialect, 'a.created_at')} AS part,
    a.provider AS provider, count(*) AS attempts
  FROM refresh_attempts AS a
  WHERE a.organization_id = ? AND a.outcome = 'failed' AND a.created_at >= ?t AND a.created_at < ?t
    AND a.transition IN ('deactivated', 'suspended', 'locked') AND a.kind <> 'test'
  GROUP BY 1, 2`
