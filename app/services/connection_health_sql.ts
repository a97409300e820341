import type { ProviderHealth } from '#services/connection_health'

type Binding = string | number | Date

/** A piece of SQL with its values. */
export interface Fragment {
  sql: string
  bindings: Binding[]
}

export interface HealthSqlInput {
  providers: ReadonlyMap<string, ProviderHealth>
  now: number
  dialect: string
  /** `toInstant` of `app/models/columns.ts`. */
  toInstant: (value: number) => number | Date
}

/**
 * `connectionHealth` as an SQL expression over the table `connections`, for lists and counts. Keep the order of its
 * branches the same as in `connection_health.ts`.
 */
export function connectionHealthSql(input: HealthSqlInput): Fragment {
  const instant = input.dialect === 'postgres' ? '?::timestamptz' : '?'
  const now = input.toInstant(input.now)
  const pausedProvider = idsWhere(input, (provider) => provider.paused)
  const cannotRefresh = noWayToRefresh(input)
  const due = dueSql(input, instant, now)
  return {
    sql: `CASE
      WHEN paused_at IS NOT NULL THEN 'paused'
      WHEN ${needsPerson('connections')} OR ${PARENT_NEEDS_PERSON} THEN 'reconnect'
      WHEN lease_until > ${instant} THEN 'refreshing'
      WHEN token_refresh_failed_at IS NOT NULL OR open_attempts > 0 THEN 'retrying'
      WHEN status = 'token_expired' OR ${pausedProvider.sql} THEN 'retrying'
      WHEN parent_id IS NULL AND (${cannotRefresh.sql}) THEN 'static'
      WHEN ${due.sql} THEN 'due'
      ELSE 'healthy' END`,
    bindings: [now, ...pausedProvider.bindings, ...cannotRefresh.bindings, ...due.bindings],
  }
}

const needsPerson = (table: string) =>
  `(${table}.status IN ('needs_reauth', 'suspended', 'disconnected', 'error') OR NOT ${table}.is_active)`

const PARENT_NEEDS_PERSON = `(parent_id IS NOT NULL AND EXISTS (SELECT 1 FROM connections AS parent
  WHERE parent.id = connections.parent_id AND ${needsPerson('parent')}))`

function noWayToRefresh(input: HealthSqlInput): Fragment {
  const supported = idsWhere(input, (provider) => provider.supported)
  const tokenless = idsWhere(input, (provider) => !provider.needsRefreshToken)
  return {
    sql: `token_type <> 'oauth2' OR NOT ${supported.sql} OR (refresh_token IS NULL AND NOT ${tokenless.sql})`,
    bindings: [...supported.bindings, ...tokenless.bindings],
  }
}

/** `expiry − now <= now − since` compares what is left with what is gone; it holds for numbers and for intervals. */
function dueSql(input: HealthSqlInput, instant: string, now: number | Date): Fragment {
  const since = 'COALESCE(last_token_refresh_at, granted_at, connected_at)'
  const within = withinMargin(input, instant)
  return {
    sql: `next_refresh_at <= ${instant} OR (${within.sql} AND (${since} IS NULL OR status_reason = 'not_extended'
      OR token_expires_at - ${instant} <= ${instant} - ${since}))`,
    bindings: [now, ...within.bindings, now, now],
  }
}

function withinMargin(input: HealthSqlInput, instant: string): Fragment {
  const margins = new Set([...input.providers.values()].map((provider) => provider.margin))
  const pieces = [...margins].map((margin) => ({
    ids: idsWhere(input, (provider) => provider.margin === margin),
    until: input.toInstant(input.now + margin),
  }))
  if (pieces.length === 0) return { sql: '1 = 0', bindings: [] }
  return {
    sql: `(${pieces.map(({ ids }) => `(${ids.sql} AND token_expires_at <= ${instant})`).join(' OR ')})`,
    bindings: pieces.flatMap(({ ids, until }) => [...ids.bindings, until]),
  }
}

function idsWhere(input: HealthSqlInput, matches: (provider: ProviderHealth) => boolean): Fragment {
  const ids = [...input.providers].filter(([, provider]) => matches(provider)).map(([id]) => id)
  if (ids.length === 0) return { sql: '(1 = 0)', bindings: [] }
  return { sql: `(provider IN (${ids.map(() => '?').join(', ')}))`, bindings: ids }
}
