import type { HttpContext } from '@adonisjs/core/http'
import type Connection from '#models/connection'
import Organization from '#models/organization'
import type { Provider } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { needsPerson } from '#services/connection_health'
import { connectProblem } from '#services/connectable'
import type { ConnectLink } from '#services/connect_links/connect_links'
import dashboard from '#services/dashboard_service'
import { isSignedLink } from '#transformers/connect_link_url'

/** What the address of a request leads to, or why it leads nowhere, for whoever opened it. */
export type OpenedLink =
  | {
      ok: true
      engine: Engine
      link: ConnectLink
      provider: Provider
      organization: string
      /** The only account that the link connects. */
      renewed: Connection | null
    }
  | { ok: false; status: 404 | 409 | 410; reason: 'invalid' | 'expired' | 'not_set_up' }

const INVALID = { ok: false, status: 404, reason: 'invalid' } as const
const EXPIRED = { ok: false, status: 410, reason: 'expired' } as const
const UNUSABLE = { ok: false, status: 409, reason: 'not_set_up' } as const

/** Opens the link of this request. Only an address that we signed is looked up. */
export async function openLink(ctx: HttpContext): Promise<OpenedLink> {
  if (!isSignedLink(ctx)) return INVALID
  const link = await (await ctx.containerResolver.make('connectLinks')).find(String(ctx.params.id))
  const organization = link && (await Organization.find(link.organizationId))
  if (!link || !organization) return INVALID
  const engine = await ctx.containerResolver.make('engine')
  if (link.expiresAt <= engine.clock.now()) return EXPIRED
  const provider = await engine.catalogue.resolve(link.organizationId, link.provider)
  const renewed = await accountOf(link)
  if (!provider || connectProblem(provider, renewed?.config ?? link.config) !== null) return UNUSABLE
  return { ok: true, engine, link, provider, organization: organization.name, renewed }
}

/**
 * When the account of a link was consented to after the link was made, in milliseconds; null where the link has still to do
 * its work, or has it to do again.
 */
export function doneAt({ createdAt }: ConnectLink, renewed: Connection | null): number | null {
  if (!renewed || needsPerson(renewed)) return null
  const at = (renewed.grantedAt ?? renewed.connectedAt)?.toMillis() ?? null
  return at !== null && at > createdAt ? at : null
}

/** The only account that a link connects; null where the first that comes by it is welcome. */
export async function accountOf({ organizationId, connectionId }: ConnectLink): Promise<Connection | null> {
  return connectionId === null ? null : dashboard.connection(organizationId, connectionId)
}
