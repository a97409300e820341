import Connection from '#models/connection'
import type { Engine } from '#services/build_engine'
import type { Changed } from '#services/bulk/change_run'
import type { ConnectLinks } from '#services/connect_links/connect_links'
import { whyNotConnectable } from '#services/connectable'

/** A link serves so many milliseconds: people who are asked are not always there. */
export const LINK_LIFETIME = 7 * 24 * 60 * 60_000

/** `id` is the account's. */
export interface WantedLink {
  organizationId: string
  id: string
  createdBy: string
}

/**
 * Makes the link by which the owner of an account renews its grant without an account here. It renews that account only.
 * What derives from another account is renewed with that one.
 */
export async function makeReconnectLink(
  { catalogue }: Pick<Engine, 'catalogue'>,
  links: Pick<ConnectLinks, 'create'>,
  { organizationId, id, createdBy }: WantedLink
): Promise<Changed> {
  const connection = await Connection.query()
    .where('organization_id', organizationId)
    .where('id', id)
    .select('id', 'provider', 'owner', 'config', 'parent_id')
    .first()
  if (!connection) return { status: 'failed', reason: 'not_found' }
  if (connection.parentId !== null) return { status: 'skipped', reason: 'derived' }
  const provider = await catalogue.resolve(organizationId, connection.provider)
  if (!provider) return { status: 'failed', reason: 'no_provider' }
  const { owner, config } = connection
  if (whyNotConnectable(provider, config)) return { status: 'failed', reason: 'not_connectable' }
  const link = await links.create({
    ...{ organizationId, provider: provider.id, owner, config, createdBy },
    ...{ connectionId: connection.id, returnUrl: null, lifetime: LINK_LIFETIME },
  })
  return { status: 'linked', reason: null, linkId: link.id }
}
