import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import { MCP_FORM } from '#controllers/connect/mcp_servers_controller'
import type { Engine } from '#services/build_engine'
import { loadProviderFacts } from '#services/load_provider_facts'
import { connectCard } from '#transformers/connect_card'
import { appUrl } from '#config/app'

/** Where a person chooses the provider to connect an account at. */
export default class ConnectPageController {
  async show({ containerResolver, i18n, membership, session, view, words }: HttpContext) {
    const facts = await loadProviderFacts(membership.organizationId)
    const { catalogue }: Engine = await containerResolver.make('engine')
    const own = catalogue.addedBy(membership.organizationId)
    const sandbox = app.config.get<{ enabled: boolean; port: number } | null>('sandbox', null)
    const common = { appUrl, sandbox, t: i18n.t.bind(i18n), words }
    // Accounts of these come with those of another provider.
    const derived = new Set(facts.providers.map(({ children }) => children?.provider))
    const cards = facts.providers
      .filter(({ id }) => !derived.has(id))
      .map((provider) => {
        const editKey = own.find(({ id }) => id === provider.id)?.key ?? null
        return connectCard(provider, { ...common, look: facts.look(provider.id), editKey })
      })
      .filter((card) => card.sandbox === null || sandbox?.enabled)
    return view.render('pages/accounts/connect', {
      ready: cards.filter(({ configured }) => configured),
      missing: cards.filter(({ configured }) => !configured),
      mcpForm: session.flashMessages.get(MCP_FORM, null),
    })
  }
}
