/**
 * What can be acted on: where its row is, how a request names it, what people call it, and which of its columns are told
 * as before and after. Columns are named one by one, so that a new column with a secret is not told by accident.
 */
export interface Target {
  table: string
  /** Columns of the key and the parameter of the route that holds each. The last one is the target's id. */
  key: Readonly<Record<string, string>>
  /** The only rows that may be read, with one value: the organization. */
  scope: string
  /** An SQL expression. */
  name: string
  columns: Readonly<Record<string, ColumnKind>>
}

/** `digest`: that it changed may be told, what it is may not. */
export type ColumnKind = 'plain' | 'flag' | 'instant' | 'document' | 'digest'

const OWN = 'organization_id = ?'
const OF_CAMPAIGN = 'campaign_id IN (SELECT id FROM campaigns WHERE organization_id = ?)'
const OF_MEMBER = 'user_id IN (SELECT user_id FROM memberships WHERE organization_id = ?)'
const CAMPAIGN_NAME = '(SELECT c.name FROM campaigns c WHERE c.id = campaign_id)'
const PERSON_NAME = "(SELECT coalesce(nullif(u.full_name, ''), u.email) FROM users u WHERE u.id = user_id)"
/** What people call an account; `a` is the row. */
const accountName = (a: string) => `coalesce(${a}.display_name, ${a}.username, ${a}.provider_account_id)`

export const TARGETS = {
  connection: {
    table: 'connections',
    key: { id: 'id' },
    scope: OWN,
    name: accountName('connections'),
    columns: {
      ...{ provider: 'plain', owner: 'plain', owner_user_id: 'plain', status: 'plain', is_active: 'flag' },
      ...{ paused_at: 'instant', keep_alive: 'plain', scopes: 'document', tags: 'document' },
      ...{ refresh_margin: 'plain', refresh_jitter: 'plain', priority: 'plain', alerts_muted: 'flag' },
      notes: 'digest',
      ...{ grant_generation: 'plain' },
    },
  },
  campaign: {
    table: 'campaigns',
    key: { id: 'id' },
    scope: OWN,
    name: 'name',
    columns: { name: 'plain', window_hours: 'plain', archived_at: 'instant' },
  },
  campaign_member: {
    table: 'campaign_members',
    key: { campaign_id: 'id', connection_id: 'connection' },
    scope: OF_CAMPAIGN,
    name: `(SELECT ${accountName('a')} FROM connections a WHERE a.id = connection_id) || ' · ' || ${CAMPAIGN_NAME}`,
    columns: {
      authorized_until: 'instant',
      authorized_by: 'plain',
      revoked_at: 'instant',
      created_at: 'instant',
    },
  },
  campaign_game_master: {
    table: 'campaign_game_masters',
    key: { campaign_id: 'id', user_id: 'user' },
    scope: OF_CAMPAIGN,
    name: `${PERSON_NAME} || ' · ' || ${CAMPAIGN_NAME}`,
    columns: { created_at: 'instant' },
  },
  campaign_session: {
    table: 'campaign_sessions',
    key: { id: 'session' },
    scope: OWN,
    name: CAMPAIGN_NAME,
    columns: { state: 'plain', started_at: 'instant', ended_at: 'instant' },
  },
  run: {
    table: 'runs',
    key: { id: 'id' },
    scope: OWN,
    name: 'job',
    columns: { state: 'plain', cancel_requested_at: 'instant' },
  },
  job: {
    table: 'job_states',
    key: { name: 'name' },
    scope: OWN,
    name: 'name',
    columns: { paused_at: 'instant', paused_by: 'plain' },
  },
  provider: {
    table: 'providers',
    key: { key: 'key' },
    scope: OWN,
    name: 'name',
    columns: { name: 'plain', kind: 'plain', entry: 'digest', client_secret: 'digest' },
  },
  alert_rule: {
    table: 'notification_rules',
    key: { id: 'id' },
    scope: OWN,
    name: 'name',
    columns: {
      ...{ name: 'plain', user_id: 'plain', events: 'document', providers: 'document', tags: 'document' },
      ...{ channels: 'document', severity: 'plain', scope: 'plain', digest: 'plain', is_active: 'flag' },
    },
  },
  channel: {
    table: 'notification_channels',
    key: { id: 'id' },
    scope: OWN,
    name: 'name',
    columns: {
      ...{ kind: 'plain', name: 'plain', target: 'plain', secret: 'digest' },
      ...{ disabled_at: 'instant', disabled_reason: 'plain' },
    },
  },
  delivery: {
    table: 'deliveries',
    key: { id: 'id' },
    scope: OWN,
    name: 'channel',
    columns: { state: 'plain', due_at: 'instant' },
  },
  device: {
    table: 'push_subscriptions',
    key: { id: 'id' },
    scope: OF_MEMBER,
    name: 'device',
    columns: { device: 'plain', created_at: 'instant' },
  },
  alert_preferences: {
    table: 'notification_preferences',
    key: { user_id: 'actor' },
    scope: OWN,
    name: PERSON_NAME,
    columns: { quiet_from: 'plain', quiet_until: 'plain' },
  },
  connect_link: {
    table: 'connect_links',
    key: { id: 'id' },
    scope: OWN,
    name: 'owner',
    columns: {
      provider: 'plain',
      owner: 'plain',
      connection_id: 'plain',
      expires_at: 'instant',
      sent_to: 'plain',
    },
  },
  api_key: {
    table: 'api_keys',
    key: { id: 'id' },
    scope: OWN,
    name: 'name',
    columns: { name: 'plain', abilities: 'document', expires_at: 'instant', revoked_at: 'instant' },
  },
  member: {
    table: 'memberships',
    key: { user_id: 'user' },
    scope: OWN,
    name: PERSON_NAME,
    columns: { role: 'plain', created_at: 'instant' },
  },
  person: {
    table: 'users',
    key: { id: 'actor' },
    scope: 'id IN (SELECT user_id FROM memberships WHERE organization_id = ?)',
    name: "coalesce(nullif(full_name, ''), email)",
    columns: { email: 'plain', full_name: 'plain', locale: 'plain', time_zone: 'plain', password: 'digest' },
  },
  organization: {
    table: 'organizations',
    key: { id: 'organization' },
    scope: 'id = ?',
    name: 'name',
    columns: { slug: 'plain', name: 'plain' },
  },
} as const satisfies Record<string, Target>

export type TargetKind = keyof typeof TARGETS
