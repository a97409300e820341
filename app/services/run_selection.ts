import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { fromInstant, toInstant } from '#models/columns'
import type { ProviderRegistry } from '#oauth/registry'
import { effectiveMargin, tooYoungUntil } from '#token_refresh/refresh_schedule'

/** Which connections a run is about, and which of them it refreshes (T6). */
export interface RunSelection {
  organizationId: string
  /** Explicit ids override authorization windows and, with `force`, inactivity; never a pause. */
  ids?: readonly string[]
  provider?: string
  /** Only what has already expired. */
  expired?: boolean
  /** Replaces the provider's margin, in milliseconds. */
  dueWithin?: number
  /** With `dueWithin`: as with margins, never more than half of a token's life, so that short-lived ones do not spin. */
  capped?: boolean
  /** Ignores authorization windows. */
  all?: boolean
  /** Ignores expiry. */
  force?: boolean
  /** Leaves what was given up alone, whatever else is asked for. */
  activeOnly?: boolean
  /** Conditions of the caller's own; of these only the words are kept with the run. */
  narrow?: { words: Record<string, string>; apply: (query: DatabaseQueryBuilderContract) => void }
}

export interface Candidate {
  connectionId: string
  provider: string
  username: string | null
  expiresAt: number | null
  /** Whether the schedule comes back to it by itself. */
  isActive: boolean
  /** Why it is not refreshed; null where it is. */
  skip: string | null
}

interface CandidateRow {
  id: string
  provider: string
  username: string | null
  refresh_token: string | null
  token_type: string
  token_expires_at: unknown
  last_token_refresh_at: unknown
  granted_at: unknown
  keep_alive_until: unknown
  paused_at: unknown
  is_active: unknown
}

const PAGE = 500
const COLUMNS = [
  'id',
  'provider',
  'username',
  'token_type',
  'token_expires_at',
  'last_token_refresh_at',
  'granted_at',
  'keep_alive_until',
  'paused_at',
  'is_active',
]

/** Walks the selected connections in pages by id, so that a million of them need no more memory than a thousand. */
export async function* candidates(
  selection: RunSelection,
  providers: ProviderRegistry,
  now: number
): AsyncGenerator<Candidate> {
  let after = ''
  for (;;) {
    const rows = (await page(selection, providers, now, after)) as CandidateRow[]
    for (const row of rows) yield toCandidate(row, selection, providers, now)
    if (rows.length < PAGE) return
    after = rows[rows.length - 1].id
  }
}

/** How many connections the selection holds. */
export async function countCandidates(selection: RunSelection, providers: ProviderRegistry, now: number) {
  const [row] = await selected(selection, providers, now).count('* as total')
  return Number(row.total)
}

function page(selection: RunSelection, providers: ProviderRegistry, now: number, after: string) {
  const query = selected(selection, providers, now)
  if (after) query.where('id', '>', after)
  return query
    .select(COLUMNS)
    .select(db.raw('refresh_token IS NOT NULL AS refresh_token'))
    .orderBy('id')
    .limit(PAGE)
}

function selected(
  selection: RunSelection,
  providers: ProviderRegistry,
  now: number
): DatabaseQueryBuilderContract {
  const query = db.from('connections').where('organization_id', selection.organizationId)
  if (selection.ids) query.whereIn('id', [...selection.ids])
  else {
    query.where('is_active', true).whereNull('paused_at')
    if (!selection.all) keptAlive(query, providers, now)
  }
  if (selection.provider) query.where('provider', selection.provider)
  if (selection.expired) query.where('token_expires_at', '<=', toInstant(now) as number)
  selection.narrow?.apply(query)
  return query
}

/** Connections that are kept alive always, and those with an open authorization window. */
function keptAlive(query: DatabaseQueryBuilderContract, providers: ProviderRegistry, now: number): void {
  const windowed = providers
    .all()
    .filter((provider) => provider.refresh.keepAlive === 'while_authorized')
    .map((provider) => provider.id)
  query.where((either) => {
    either.where('keep_alive', 'always').orWhere('keep_alive_until', '>', toInstant(now) as number)
    either.orWhere((ordinary) => void ordinary.whereNull('keep_alive').whereNotIn('provider', windowed))
  })
}

function toCandidate(
  row: CandidateRow,
  selection: RunSelection,
  providers: ProviderRegistry,
  now: number
): Candidate {
  const expiresAt = fromInstant(row.token_expires_at)?.toMillis() ?? null
  const { id, provider, username } = row
  const skip = skipReason(row, expiresAt, selection, providers, now)
  return { connectionId: id, provider, username, expiresAt, isActive: Boolean(row.is_active), skip }
}

/** Whether a run may refresh what was given up: where it was named, and the run was told to use force on it. */
export function reachesInactive({ ids, force, activeOnly }: RunSelection): boolean {
  return Boolean(ids) && force === true && activeOnly !== true
}

function skipReason(
  row: CandidateRow,
  expiresAt: number | null,
  selection: RunSelection,
  providers: ProviderRegistry,
  now: number
): string | null {
  if (row.paused_at !== null) return 'paused'
  if (!row.is_active && !reachesInactive(selection)) return 'inactive'
  const provider = providers.find(row.provider)
  const exchangesAccessToken = provider?.refreshRequest || provider?.grantType === 'client_credentials'
  const hasPath = row.token_type === 'oauth2' && (Boolean(row.refresh_token) || exchangesAccessToken)
  if (!provider?.refresh.supported || !hasPath) return 'no_refresh_path'
  const issuedAt = (fromInstant(row.last_token_refresh_at) ?? fromInstant(row.granted_at))?.toMillis()
  if (tooYoungUntil(issuedAt ?? null, provider.refresh.minimumAge, now) !== null) return 'too_young'
  if (selection.force) return null
  if (expiresAt === null) return 'never_expires'
  const life = issuedAt === undefined ? Number.POSITIVE_INFINITY : Math.max(expiresAt - issuedAt, 0)
  const wanted = selection.dueWithin ?? provider.refresh.margin
  const isLiteral = selection.dueWithin !== undefined && !selection.capped
  const margin = isLiteral ? wanted : effectiveMargin(wanted, life)
  return expiresAt - margin <= now ? null : 'not_due'
}
