/** The statements of the alerts. `?` is a value, `?t` an instant (see `store/driver.ts`). */

export const READ_TICK = `SELECT scheduler_ticked_at, scheduler_interval_ms FROM workers
  WHERE scheduler_ticked_at IS NOT NULL ORDER BY scheduler_ticked_at DESC LIMIT 1`

/** Values: provider, planned before. */
export const COUNT_OVERDUE = `SELECT organization_id, count(*) AS late FROM connections
  WHERE provider = ? AND is_active AND paused_at IS NULL AND next_refresh_at <= ?t GROUP BY organization_id`

export const READ_OPEN =
  'SELECT * FROM figure_alerts WHERE organization_id = ? ORDER BY opened_at DESC, rule, subject'

export const READ_STALL = "SELECT 1 AS stands FROM figure_alerts WHERE rule = 'scheduler_stalled' LIMIT 1"

export const OPEN = `INSERT INTO figure_alerts
    (organization_id, rule, subject, value, limit_value, sample, opened_at)
  VALUES (?, ?, ?, ?, ?, ?, ?t) ON CONFLICT (organization_id, rule, subject) DO NOTHING`

export const UPDATE_OPEN = `UPDATE figure_alerts SET value = ?, limit_value = ?, sample = ?
  WHERE organization_id = ? AND rule = ? AND subject = ?`

export const CLOSE = 'DELETE FROM figure_alerts WHERE organization_id = ? AND rule = ? AND subject = ?'

/** Values: begun after. */
export const FAILED_RUNS = `SELECT id, organization_id, job, error FROM runs
  WHERE organization_id IS NOT NULL AND created_at >= ?t AND state = 'failed'
    AND NOT EXISTS (SELECT 1 FROM events WHERE dedupe_key = 'run.failed:' || runs.id)`

/**
 * Runs that failed for as large a share of the accounts that they tried as a rule names, if those were as many as it
 * names. A run that ended before the rule was made is old news. Read from the rules on: where there is none, this costs a
 * look at an empty table. Values: begun after.
 */
export const FAILING_RUNS = `SELECT DISTINCT runs.id, runs.organization_id, runs.job, runs.failed,
    runs.refreshed + runs.failed AS accounts
  FROM notification_rules AS rules CROSS JOIN runs
  WHERE rules.is_active AND rules.failed_percent IS NOT NULL AND runs.organization_id = rules.organization_id
    AND runs.created_at >= ?t AND runs.finished_at >= rules.created_at AND NOT runs.dry_run
    AND runs.state IN ('finished', 'cancelled') AND runs.failed > 0
    AND runs.refreshed + runs.failed >= rules.failed_accounts
    AND runs.failed * 100 >= rules.failed_percent * (runs.refreshed + runs.failed)
    AND NOT EXISTS (SELECT 1 FROM events WHERE dedupe_key = 'run.accounts_failed:' || runs.id)`

/** Values: id, organization, name, severity, data, key, now. */
export const TELL = `INSERT INTO events (id, organization_id, name, severity, data, dedupe_key, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?t) ON CONFLICT (dedupe_key) DO NOTHING`
