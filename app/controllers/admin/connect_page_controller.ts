import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import { loadProviderFacts } from '#services/load_provider_facts'
import { providerCard } from '#transformers/provider_card'
import { appUrl } from '#config/app'

/** Where a person chooses the provider to connect an account at. */
export default class ConnectPageController {
  async show({ view }: HttpContext) {
    const facts = await loadProviderFacts()
    const sandbox = app.config.get<{ enabled: boolean; port: number } | null>('sandbox', null)
    const cards = facts.providers
      .map((provider) => providerCard(provider, { look: facts.look(provider.id), appUrl, sandbox }))
      .filter((card) => card.sandbox === null || sandbox?.enabled)
    return view.render('pages/accounts/connect', {
      ready: cards.filter(({ configured }) => configured),
      missing: cards.filter(({ configured }) => !configured),
    })
  }
}
