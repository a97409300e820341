import { BUCKET_COLUMNS, countBuckets, REFRESH_BOUNDS } from '#services/figures/histogram'

/** The statements of the totals. `?` is a value, `?t` an instant (see `store/driver.ts`). */

const OUTCOME = `CASE WHEN a.outcome = 'success' AND a.error_code = 'not_extended' THEN 'not_extended' ELSE a.outcome END`
/** A failure by its class; everything else has but one reason, which is its outcome. */
const REASON = `CASE WHEN a.outcome = 'failed' THEN COALESCE(a.failure_class, 'unknown')
  WHEN a.outcome = 'success' AND a.error_code IS NULL THEN 'refreshed' ELSE ${OUTCOME} END`
const COUNTS = [
  'count(*) AS attempts',
  'sum(a.duration_ms) AS duration_ms',
  ...countBuckets('a.duration_ms', REFRESH_BOUNDS).map(
    (count, index) => `${count} AS ${BUCKET_COLUMNS[index]}`
  ),
].join(', ')
const SUMS = ['attempts', 'duration_ms', ...BUCKET_COLUMNS]

/** Adds a slice of the log, in the transaction that moves the mark. Values: organization, from, to. */
export const ADD_TO_TOTALS = `INSERT INTO refresh_totals (organization_id, provider, outcome, reason, ${SUMS.join(', ')})
  SELECT a.organization_id, a.provider, ${OUTCOME}, ${REASON}, ${COUNTS} FROM refresh_attempts AS a
  WHERE a.organization_id = ? AND a.created_at >= ?t AND a.created_at < ?t AND a.kind <> 'test'
  GROUP BY a.organization_id, a.provider, ${OUTCOME}, ${REASON}
  ON CONFLICT (organization_id, provider, outcome, reason) DO UPDATE SET
    ${SUMS.map((name) => `${name} = refresh_totals.${name} + excluded.${name}`).join(', ')}`

/**
 * The totals and what the log has beyond each mark, in one look, so that no attempt is missed or counted twice. The
 * joins keep the order in which they are written: organizations, their marks, then the end of each log by its index.
 * Values: the beginning of time.
 */
export const READ_TOTALS = `SELECT provider, outcome, reason, ${SUMS.map((name) => `sum(${name}) AS ${name}`).join(', ')}
  FROM (SELECT provider, outcome, reason, ${SUMS.join(', ')} FROM refresh_totals
    UNION ALL
    SELECT a.provider, ${OUTCOME}, ${REASON}, ${COUNTS}
    FROM organizations AS o LEFT JOIN refresh_figure_marks AS m ON m.organization_id = o.id
      CROSS JOIN refresh_attempts AS a
    WHERE a.organization_id = o.id AND a.created_at >= COALESCE(m.rolled_until, ?t) AND a.kind <> 'test'
    GROUP BY a.provider, ${OUTCOME}, ${REASON}) AS counted
  GROUP BY provider, outcome, reason ORDER BY provider, outcome, reason`

/** Organizations whose log nobody has added up for long. Values: the latest mark that counts as long ago. */
export const COUNT_LEFT_BEHIND = `SELECT count(*) AS behind FROM organizations AS o
  LEFT JOIN refresh_figure_marks AS m ON m.organization_id = o.id
  WHERE m.rolled_until IS NULL OR m.rolled_until < ?t`
