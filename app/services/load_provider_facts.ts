import { hasIcon } from '#services/icon_set'
import { providerFacts, type ProviderFacts } from '#services/provider_facts'

/** The providers of the running engine with the state of their gates. */
export async function loadProviderFacts(): Promise<ProviderFacts> {
  const { default: engine } = await import('#services/engine')
  return providerFacts(engine.providers.all(), hasIcon)
}
