import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import { MCP_FORM } from '#controllers/connect/mcp_servers_controller'
import type { Engine } from '#services/build_engine'
import { loadProviderFacts } from '#services/load_provider_facts'
import { providerCard } from '#transformers/provider_card'
import { appUrl } from '#config/app'

/** Where a person chooses the provider to connect an account at. */
export default class ConnectPageController {
  async show({ containerResolver, membership, session, view }: HttpContext) {
    const facts = await loadProviderFacts(membership.organizationId)
    const { catalogue }: Engine = await containerResolver.make('engine')
    const own = catalogue.addedBy(membership.organizationId)
    const sandbox = app.config.get<{ enabled: boolean; port: number } | null>('sandbox', null)
    // Accounts of these come with those of another provider.
    const derived = new Set(facts.providers.map(({ children }) => children?.provider))
    const cards = facts.providers
      .filter(({ id }) => !derived.has(id))
      .map((provider) => {
        const editKey = own.find(({ id }) => id === provider.id)?.key ?? null
        return providerCard(provider, { look: facts.look(provider.id), appUrl, sandbox, editKey })
      })
      .filter((card) => card.sandbox === null || sandbox?.enabled)
    return view.render('pages/accounts/connect', {
      ready: cards.filter(({ configured }) => configured),
      missing: cards.filter(({ configured }) => !configured),
      mcpForm: session.flashMessages.get(MCP_FORM, null),
    })
  }
}
