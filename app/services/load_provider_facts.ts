import app from '@adonisjs/core/services/app'
import { hasIcon } from '#services/icon_set'
import { providerFacts, type ProviderFacts } from '#services/provider_facts'

/** The providers that this organization may name. */
export async function loadProviderScope(organizationId: string) {
  const { catalogue } = await app.container.make('engine')
  await catalogue.reloadIfChanged()
  return catalogue.scope(organizationId)
}

/** The providers that this organization can use, with the state of their gates. */
export async function loadProviderFacts(organizationId: string): Promise<ProviderFacts> {
  const engine = await app.container.make('engine')
  await engine.catalogue.reloadIfChanged()
  return providerFacts(engine.catalogue.visibleTo(organizationId), hasIcon)
}
