import Database from 'better-sqlite3'

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000
/** As many refreshes as the strip of an account shows. */
const ATTEMPTS = 30

/**
 * Fills a migrated SQLite file as an installation that has run for a while looks: accounts of three providers with names,
 * tags and owners who have several, tokens and grants that end at all sorts of times, some in trouble, and the last
 * thirty refreshes of each. Everything follows from the number of an account; there are no tokens to open.
 */
export function liveIn(file: string, { organization, count }: { organization: string; count: number }): void {
  const db = new Database(file)
  // Nobody else reads the file yet, and it is thrown away where this fails.
  for (const pragma of [
    'journal_mode = OFF',
    'synchronous = OFF',
    'cache_size = -300000',
    'foreign_keys = OFF',
  ])
    db.pragma(pragma)
  const now = Date.now()
  const times = { now, minute: MINUTE, hour: HOUR, day: DAY }
  db.prepare(ACCOUNTS).run({ ...times, organization, most: count })
  for (const trouble of TROUBLES) db.prepare(trouble).run()
  const indexes = db.prepare<[], { name: string; sql: string }>(INDEXES).all()
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`)
  db.prepare(REFRESHES).run({ now, hour: HOUR, most: ATTEMPTS })
  for (const { sql } of indexes) db.exec(sql)
  db.pragma('journal_mode = WAL')
  db.close()
}

const ACCOUNTS = `WITH RECURSIVE account (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM account WHERE n < :most)
  INSERT INTO connections (id, organization_id, owner, provider, provider_account_id, username, display_name, tags, scopes,
    access_token, refresh_token, credential_fp, token_expires_at, next_refresh_at, grant_expires_at,
    last_token_refresh_at, last_refresh_status, refresh_count, connected_at, granted_at, created_at, updated_at)
  SELECT printf('%08x-0000-7000-8000-%012x', n, n), :organization, 'owner-' || (n % 30011),
    CASE n % 10 WHEN 0 THEN 'google' WHEN 1 THEN 'github' ELSE 'twitch' END, 'account-' || n,
    'person_' || (n * 7919 % 100003), iif(n % 5, 'Person ' || (n * 7919 % 100003) || ' of ' || (n % 997), NULL),
    CASE n % 4 WHEN 0 THEN '[]' WHEN 1 THEN '["eu","group-' || (n % 40) || '"]'
      ELSE '["vip","eu","group-' || (n % 40) || '"]' END,
    '["chat:read","user:read:email"]', printf('%0128d', n), printf('%0128d', n), printf('%032x', n),
    :now + 15 * :minute + n * 7919 % 100003 * 140, :now + 5 * :minute + n * 7919 % 100003 * 140,
    iif(n % 3, NULL, :now + :day + n * 104729 % 180 * :day), :now - n * 7907 % 100003 * 36, 'success', 30,
    :now - 30 * :day, :now - 30 * :day, :now - 30 * :day + n * 1000, :now
  FROM account`

const TROUBLES = [
  `UPDATE connections SET status = 'needs_reauth', status_reason = 'rejected', error_code = 'invalid_grant',
     last_refresh_status = 'error', is_active = 0, next_refresh_at = NULL WHERE rowid % 40 = 7`,
  `UPDATE connections SET token_refresh_failed_at = last_token_refresh_at, error_code = 'server_error', retry_count = 2,
     last_refresh_status = 'error' WHERE rowid % 100 = 9`,
  `UPDATE connections SET paused_at = updated_at WHERE rowid % 200 = 11`,
]

/** Written anew once the rows are there, which takes a third of the time. */
const INDEXES = `SELECT name, sql FROM sqlite_master
  WHERE type = 'index' AND tbl_name = 'refresh_attempts' AND sql IS NOT NULL`

const REFRESHES = `WITH RECURSIVE turn (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM turn WHERE number < :most)
  INSERT INTO refresh_attempts (id, organization_id, connection_id, provider, kind, outcome, failure_class, error_code,
    http_status, duration_ms, created_at)
  SELECT printf('%08x-0000-7000-8000-%012x', turn.number, account.rowid), account.organization_id, account.id,
    account.provider, 'scheduled', iif(failed, 'failed', 'success'), iif(failed, 'unavailable', NULL),
    iif(failed, 'server_error', NULL), iif(failed, 503, 200), 80 + account.rowid % 200,
    :now - (:most - turn.number + 1) * :hour + account.rowid * 36 % :hour
  FROM turn CROSS JOIN (SELECT rowid, *, (rowid * 31) % 29 = 0 AS failed FROM connections) AS account`
