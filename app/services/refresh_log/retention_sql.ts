/** The statements of the retention. `?` is a value, `?t` an instant (see `store/driver.ts`). */

/** The id before all others. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** The organizations, each with the moment up to which its log is in the hourly figures. */
export const MARKS = `SELECT o.id, m.rolled_until FROM organizations AS o
  JOIN refresh_figure_marks AS m ON m.organization_id = o.id ORDER BY o.id`

/** The next entries of a log that are too old. Values: organization, before, last time, last id, how many. */
export const OLD_ATTEMPTS = `SELECT id, created_at FROM refresh_attempts
  WHERE organization_id = ? AND created_at < ?t AND (created_at, id) > (?t, ?) ORDER BY created_at, id LIMIT ?`

/**
 * The latest attempt of each connection stays, since it explains the connection's state; so do failures that changed
 * it, for longer than others. Values: organization, after time and id, up to time and id, transitions since.
 */
export const DELETE_OLD = `DELETE FROM refresh_attempts AS a
  WHERE organization_id = ? AND (created_at, id) > (?t, ?) AND (created_at, id) <= (?t, ?)
    AND a.created_at IS DISTINCT FROM (SELECT max(l.created_at) FROM refresh_attempts AS l
      WHERE l.connection_id = a.connection_id AND l.kind <> 'test')
    AND NOT (a.outcome = 'failed' AND a.transition IS NOT NULL AND a.created_at >= ?t)`

/** Where each connection's log is too long: the first entry beyond. Values: how many stay, after id, how many. */
export const LONG_LOGS = `SELECT c.id,
    (SELECT a.created_at FROM refresh_attempts AS a WHERE a.connection_id = c.id
     ORDER BY a.created_at DESC LIMIT 1 OFFSET ?) AS beyond,
    (SELECT m.rolled_until FROM refresh_figure_marks AS m WHERE m.organization_id = c.organization_id) AS rolled_until
  FROM connections AS c WHERE c.id > ? ORDER BY c.id LIMIT ?`

/** Values: connection, up to, before, how many. The newest failure that changed the connection stays. */
export const DELETE_BEYOND = `DELETE FROM refresh_attempts WHERE id IN (
    SELECT a.id FROM refresh_attempts AS a WHERE a.connection_id = ? AND a.created_at <= ?t AND a.created_at < ?t
    AND (a.transition IS NULL OR a.outcome <> 'failed' OR a.created_at < (
      SELECT max(t.created_at) FROM refresh_attempts AS t
      WHERE t.connection_id = a.connection_id AND t.outcome = 'failed' AND t.transition IS NOT NULL))
    ORDER BY a.created_at LIMIT ?)`

/** The latest run of each job stays. Values: before, how many. */
export const DELETE_RUNS = `DELETE FROM runs WHERE id IN (
    SELECT r.id FROM runs AS r WHERE r.created_at < ?t AND r.state IN ('finished', 'cancelled', 'failed')
    AND (r.organization_id IS NULL OR EXISTS (SELECT 1 FROM runs AS n
      WHERE n.organization_id = r.organization_id AND n.job = r.job AND n.created_at > r.created_at))
    ORDER BY r.created_at LIMIT ?)`

/** Before their runs, whose deletion would take all of theirs at once. Values: before, how many. */
export const DELETE_RESULTS = `DELETE FROM run_results WHERE (run_id, connection_id) IN (
    SELECT run_id, connection_id FROM run_results WHERE created_at < ?t ORDER BY created_at LIMIT ?)`

/** Values: before, how many. */
export const DELETE_EVENTS = `DELETE FROM events WHERE id IN (
    SELECT id FROM events WHERE dispatched_at IS NOT NULL AND created_at < ?t ORDER BY created_at LIMIT ?)`

/** The oldest hour of an organization. Values: organization twice, before. */
export const DELETE_FIGURES = `DELETE FROM refresh_figures WHERE organization_id = ?
  AND hour = (SELECT min(hour) FROM refresh_figures WHERE organization_id = ?) AND hour < ?t`
