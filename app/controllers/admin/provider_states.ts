import type { HttpContext } from '@adonisjs/core/http'
import { redirectUri } from '#controllers/admin/provider_of'
import type { Provider } from '#oauth/types'
import type { AddedProvider } from '#services/added_providers'
import { healthExpression } from '#services/account_list'
import type { Engine } from '#services/build_engine'
import { HOUR } from '#services/figures/period'
import { keptTests } from '#services/kept_tests'
import { accountHealthByProvider } from '#services/provider_accounts'
import type { ProviderFacts } from '#services/provider_facts'
import { incidentsByGate } from '#services/provider_incidents'
import type { ProviderState } from '#transformers/provider_entry_card'

/** Reads once what the pages say of each provider of an organization. */
export async function providerStates(ctx: HttpContext, facts: ProviderFacts, own: readonly AddedProvider[]) {
  const { organizationId } = ctx.membership
  const now = Date.now()
  const { figures }: Engine = await ctx.containerResolver.make('engine')
  const accounts = await accountHealthByProvider(organizationId, healthExpression(facts, now))
  const report = await figures.figures(organizationId, { from: now - 24 * HOUR, to: now })
  const incidents = await incidentsByGate(organizationId)
  const tests = own.length > 0 ? await keptTests(organizationId) : null
  return ({ id, gate }: Provider): ProviderState => ({
    test: tests?.get(own.find((added) => added.id === id)?.rowId ?? '') ?? null,
    look: facts.look(id),
    parent: facts.providers.find(({ children }) => children?.provider === id)?.name ?? null,
    redirectUri: redirectUri(id),
    accounts: accounts.get(id) ?? {},
    gate: facts.closedGates.get(id) ?? null,
    added: own.find((added) => added.id === id) ?? null,
    figure: report.providers.find(({ name }) => name === id) ?? null,
    incidents: incidents.get(gate) ?? [],
  })
}
