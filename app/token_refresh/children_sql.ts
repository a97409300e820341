/**
 * The statements about accounts whose tokens derive from another's. `?` is a value, `?t` an instant (see
 * `store/driver.ts`). What is stored for a child is fenced by the version and the generation of its parent.
 */

/** How long whoever refreshed the parent has for its children before somebody else takes them up, in milliseconds. */
export const CHILDREN_PATIENCE = 60_000

/** Marks what is owed to the children of fresh tokens. Values: when somebody else takes it up, id. */
export const CHILDREN_OWED = `UPDATE connections SET children_pending = true, children_due_at = ?t,
    children_failures = 0, children_error = NULL
  WHERE id = ?`

type Dialect = 'sqlite' | 'postgres'

/** Takes up what is owed and nobody works on. Values: now, limit, until when it is taken. */
export const takeUp = (dialect: Dialect) => `WITH owed AS MATERIALIZED (
    SELECT id FROM connections
    WHERE children_pending AND is_active AND paused_at IS NULL AND children_due_at <= ?t
    ORDER BY children_due_at LIMIT ? ${dialect === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : ''})
  UPDATE connections SET children_due_at = ?t WHERE id IN (SELECT id FROM owed)
  RETURNING id`

export const READ_PARENT = 'SELECT * FROM connections WHERE id = ?'

/** The pause of a provider that still lasts. Values: gate, now. */
export const READ_PAUSE = `SELECT until FROM client_gates WHERE id = ? AND flow <> 'open' AND until > ?t`

/** What is known of children: those of this parent, and those listed. Values: organization, provider, parent, ids as JSON. */
export const readKnown = (
  dialect: Dialect
) => `SELECT child.id, child.provider_account_id, child.credential_fp,
    child.status, child.status_reason, child.parent_id,
    parent.status AS parent_status, parent.is_active AS parent_is_active
  FROM connections AS child LEFT JOIN connections AS parent ON parent.id = child.parent_id
  WHERE child.organization_id = ? AND child.provider = ?
    AND (child.parent_id = ? OR child.provider_account_id IN ${listed(dialect)})`

const listed = (dialect: Dialect) =>
  dialect === 'postgres' ? '(SELECT jsonb_array_elements_text(?::jsonb))' : '(SELECT value FROM json_each(?))'

/** Holds the parent while its token is still the one that was shown. Values: id, version, generation. */
export const HOLD_PARENT = `UPDATE connections SET children_failures = 0
  WHERE id = ? AND token_version = ? AND grant_generation = ?`

/** Nothing is owed any more; only after `HOLD_PARENT` in the same transaction. Values: id. */
export const CHILDREN_SETTLED = `UPDATE connections SET children_pending = false, children_due_at = NULL,
    children_error = NULL
  WHERE id = ?`

/** The children are still owed. Values: when to try again, error, id, version, generation. */
export const CHILDREN_FAILED = `UPDATE connections SET children_due_at = ?t, children_error = ?,
    children_failures = children_failures + 1
  WHERE id = ? AND token_version = ? AND grant_generation = ? AND children_pending`

export const INSERT_CHILD = `INSERT INTO connections (id, organization_id, owner, owner_user_id, provider,
    provider_account_id, username, display_name, avatar_url, parent_id, access_token, credential_fp, token_type,
    expiry_source, status, connected_at, granted_at, last_token_refresh_at, last_refresh_status, refresh_count,
    created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'oauth2', 'never', 'connected', ?t, ?t, ?t, 'success', 1, ?t, ?t)
  ON CONFLICT (organization_id, provider, provider_account_id) DO NOTHING`

/**
 * A token that differs from the stored one takes its place. A suspension or a person's decision stays; what was
 * disconnected with its parent comes back with it.
 * Values: token, fingerprint, parent, three names, now, now, id.
 */
export const REPLACE_CHILD_TOKEN = `UPDATE connections SET access_token = ?, refresh_token = NULL, credential_fp = ?,
    parent_id = ?, username = COALESCE(?, username), display_name = COALESCE(?, display_name),
    avatar_url = COALESCE(?, avatar_url), token_expires_at = NULL, expiry_source = 'never', next_refresh_at = NULL,
    token_version = token_version + 1, refresh_count = refresh_count + 1, last_token_refresh_at = ?t,
    last_refresh_status = 'success', error_code = NULL, error_message = NULL,
    is_active = CASE WHEN status_reason = 'parent_disconnected' THEN true ELSE is_active END,
    status = CASE WHEN status IN ('suspended', 'disconnected') AND COALESCE(status_reason, '') <> 'parent_disconnected'
      THEN status ELSE 'connected' END,
    status_reason = CASE WHEN status IN ('suspended', 'disconnected')
      AND status_reason <> 'parent_disconnected' THEN status_reason END,
    updated_at = ?t
  WHERE id = ?`

/** The same token again: nothing that a reader of the token could notice changes. Values: parent, three names, now, now, id. */
export const CONFIRM_CHILD = `UPDATE connections SET parent_id = ?, username = COALESCE(?, username),
    display_name = COALESCE(?, display_name), avatar_url = COALESCE(?, avatar_url),
    last_token_refresh_at = ?t, last_refresh_status = 'success',
    error_code = CASE WHEN status_reason = 'page_gone' THEN NULL ELSE error_code END,
    status = CASE WHEN status_reason = 'page_gone' THEN 'connected' ELSE status END,
    status_reason = CASE WHEN status_reason = 'page_gone' THEN NULL ELSE status_reason END,
    updated_at = ?t
  WHERE id = ?`

/** The parent's account lists the child no longer. Values: now, id, parent. */
export const CHILD_GONE = `UPDATE connections SET status = 'needs_reauth', status_reason = 'page_gone',
    error_code = 'page_gone', error_message = NULL, last_refresh_status = 'error', updated_at = ?t
  WHERE id = ? AND parent_id = ? AND status IN ('connected', 'token_expired', 'needs_reauth')
    AND (status_reason IS NULL OR status_reason <> 'page_gone')`

/** The children of a parent, for those who tell of a derivation that failed. Values: parent, limit. */
export const READ_CHILDREN =
  'SELECT id, credential_fp FROM connections WHERE parent_id = ? ORDER BY id LIMIT ?'

/** Whether the children of a parent are up to date. */
export const READ_OWED =
  'SELECT children_pending, children_failures, children_due_at FROM connections WHERE id = ?'
