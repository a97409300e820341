import { DateTime } from 'luxon'
import ClientGate from '#models/client_gate'
import { toInstant } from '#models/columns'
import ProviderRow, { type StoredRegistration } from '#models/provider'
import type { Provider } from '#oauth/types'
import type { AddedProvider } from '#services/added_providers'
import { register, registrationFields } from '#services/mcp/obtain_client'
import { callbackUrl, type McpDependencies } from '#services/mcp/types'

/**
 * `renewed` and `elsewhere` mean that a client is there which may work. `not_ours`: nobody registered it dynamically;
 * `busy`: another process is at it; `too_soon`: a client that was registered anew a moment ago is refused as well.
 */
export type Renewal = 'renewed' | 'elsewhere' | 'not_ours' | 'busy' | 'too_soon' | 'failed'

/** How long one process keeps the others from registering: longer than the requests may take. */
const LOCK = 60_000
/** A server that forgets its clients gets a new registration at most so often. */
const SPACING = 3_600_000

/**
 * Registers a client anew where the server no longer knows ours (RFC 7591; RFC 7592 has no other way back). The row of
 * the provider decides between processes: one registers, the others take its client. Connections are left as they are;
 * a server that binds grants to the client will refuse them, and the two strikes tell. The gate lets a probe through at
 * once, so that nobody waits for the end of the pause.
 */
export async function renewClient(deps: McpDependencies, provider: Provider): Promise<Renewal> {
  const added = deps.catalogue.allAdded().find(({ id }) => id === provider.id)
  const row = added ? await ProviderRow.find(added.rowId) : null
  if (!added || !row?.registration) return 'not_ours'
  const now = deps.clock.now()
  if (row.registration.client_id !== provider.client?.client_id) {
    await deps.catalogue.load()
    await letProbeThrough(provider, now)
    return 'elsewhere'
  }
  if (millis(row.registration.registering_until) > now) return 'busy'
  if (now - millis(row.registration.renewed_at) < SPACING) return 'too_soon'
  if (!(await lock(row, now))) return 'busy'
  return registerAnew(deps, added, provider)
}

/** True where the secret of a dynamic registration has ended (`client_secret_expires_at`, RFC 7591 §3.2.1). */
export function secretHasExpired(registration: StoredRegistration | null, now: number): boolean {
  const end = registration?.client_secret_expires_at
  return typeof end === 'number' && end > 0 && end * 1_000 <= now
}

async function registerAnew(
  deps: McpDependencies,
  added: AddedProvider,
  provider: Provider
): Promise<Renewal> {
  const { catalogue, discovery, allowPrivate, appUrl, clock } = deps
  const { organizationId, key } = added
  const read = await discovery.about(provider.server.issuer ?? '', allowPrivate)
  const answer = read.ok
    ? await register(deps, { server: read.server, redirectUri: callbackUrl(appUrl, provider.id) })
    : read
  if (!answer.ok) {
    // Without the lock, so that the next refusal tries again.
    await catalogue.update(organizationId, key, { registration: added.registration })
    return 'failed'
  }
  const now = clock.now()
  const fields = registrationFields(answer, callbackUrl(appUrl, provider.id), now)
  const registration = { ...fields.registration, renewed_at: now } as StoredRegistration
  const updated = await catalogue.update(organizationId, key, { ...fields, registration })
  if (!updated.ok) return 'failed'
  await letProbeThrough(provider, now)
  return 'renewed'
}

/** Marks the row as being worked on, unless somebody changed it since it was read. */
async function lock(row: ProviderRow, now: number): Promise<boolean> {
  const registration = { ...row.registration, registering_until: now + LOCK }
  const updatedAt = DateTime.max(DateTime.fromMillis(now, { zone: 'utc' }), row.updatedAt.plus(1))
  const changed = await ProviderRow.query()
    .where('id', row.id)
    .where('updated_at', toInstant(row.updatedAt))
    .update({ registration: JSON.stringify(registration), updated_at: toInstant(updatedAt) })
  return Number(changed[0] ?? changed) > 0
}

async function letProbeThrough(provider: Provider, now: number): Promise<void> {
  await ClientGate.query()
    .where({ id: provider.gate, flow: 'paused', reason: 'configuration' })
    .update({ until: toInstant(now) })
}

function millis(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
