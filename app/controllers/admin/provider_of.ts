import { errors, type HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import type { Provider } from '#oauth/types'
import type { AddedProvider } from '#services/added_providers'
import type { Engine } from '#services/build_engine'

/** The providers as they are now, those that other processes changed included. */
export async function catalogueOf(ctx: HttpContext): Promise<Engine['catalogue']> {
  const { catalogue }: Engine = await ctx.containerResolver.make('engine')
  await catalogue.reloadIfChanged()
  return catalogue
}

/** The provider that the address names, and its row where the organization added it. */
export interface NamedProvider {
  provider: Provider
  added: AddedProvider | null
  key: string
}

/** One that this organization does not have, or that cannot be used, is a page that does not exist. */
export async function providerOf(ctx: HttpContext): Promise<NamedProvider> {
  const catalogue = await catalogueOf(ctx)
  const { organizationId } = ctx.membership
  const provider = catalogue.find(organizationId, ctx.params.key)
  if (!provider) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
  const added = catalogue.addedBy(organizationId).find(({ id }) => id === provider.id) ?? null
  return { provider, added, key: added?.key ?? provider.id }
}

/** Where a provider sends people back to. */
export function redirectUri(id: string): string {
  return `${appUrl}/connect/${encodeURIComponent(id)}/callback`
}
