/** The statements of the alerts. `?` is a value, `?t` an instant (see `store/driver.ts`). */

export const READ_TICK = `SELECT scheduler_ticked_at, scheduler_interval_ms FROM workers
  WHERE scheduler_ticked_at IS NOT NULL ORDER BY scheduler_ticked_at DESC LIMIT 1`

/** Values: provider, planned before. */
export const COUNT_OVERDUE = `SELECT organization_id, count(*) AS late FROM connections
  WHERE provider = ? AND is_active AND paused_at IS NULL AND next_refresh_at <= ?t GROUP BY organization_id`

export const READ_OPEN =
  'SELECT * FROM figure_alerts WHERE organization_id = ? ORDER BY opened_at DESC, rule, subject'

export const OPEN = `INSERT INTO figure_alerts
    (organization_id, rule, subject, value, limit_value, sample, opened_at)
  VALUES (?, ?, ?, ?, ?, ?, ?t) ON CONFLICT (organization_id, rule, subject) DO NOTHING`

export const UPDATE_OPEN = `UPDATE figure_alerts SET value = ?, limit_value = ?, sample = ?
  WHERE organization_id = ? AND rule = ? AND subject = ?`

export const CLOSE = 'DELETE FROM figure_alerts WHERE organization_id = ? AND rule = ? AND subject = ?'

/** Values: organization, begun after. */
export const FAILED_RUNS = `SELECT id, job, error FROM runs
  WHERE organization_id = ? AND created_at >= ?t AND state = 'failed'
    AND NOT EXISTS (SELECT 1 FROM events WHERE dedupe_key = 'run.failed:' || runs.id)`

/** Values: id, organization, name, severity, data, key, now. */
export const TELL = `INSERT INTO events (id, organization_id, name, severity, data, dedupe_key, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?t) ON CONFLICT (dedupe_key) DO NOTHING`
