import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import { catalogueOf, providerOf } from '#controllers/admin/provider_of'
import { providerStates } from '#controllers/admin/provider_states'
import ClientGate from '#models/client_gate'
import mcp from '#oauth/providers/mcp'
import type { Engine } from '#services/build_engine'
import { testCredentials, type CredentialFinding } from '#services/credential_test'
import { keepTest, rowToTest, toldCode } from '#services/kept_tests'
import { loadProviderFacts } from '#services/load_provider_facts'
import { openGate } from '#services/open_gate'
import { rediscover } from '#services/rediscover'
import { mcpWords } from '#transformers/fault_words'
import { providerPage } from '#transformers/provider_page'
import { quirkWords } from '#transformers/quirk_words'
import type { Translate } from '#transformers/translate'

/** One provider: its credentials, its rules, its circuit breaker, and what operators do about them. */
export default class ProviderPageController {
  async show(ctx: HttpContext) {
    const { provider, added } = await providerOf(ctx)
    const { discovery }: Engine = await ctx.containerResolver.make('engine')
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    const stateOf = await providerStates(ctx, facts, added ? [added] : [])
    const stored = await ClientGate.find(provider.gate)
    const [remembered, quirks] = [discovery.remembered(provider), quirkWords(provider.quirks, ctx.i18n)]
    const input = { ...stateOf(provider), stored, remembered, quirks }
    const voice = { t: ctx.i18n.t.bind(ctx.i18n), words: ctx.words, locale: ctx.i18n.locale }
    const page = providerPage(provider, input, voice)
    if (isUnchanged(ctx, page)) return
    return ctx.view.render('pages/providers/show', { page, now: Date.now() })
  }

  /** Asks the provider whether it knows our client. */
  async test(ctx: HttpContext) {
    const { provider, added } = await providerOf(ctx)
    const engine: Engine = await ctx.containerResolver.make('engine')
    const row = added && (await rowToTest(added.rowId))
    const finding = await testCredentials(engine, provider)
    const by = ctx.auth.use('web').getUserOrFail().email
    if (row) await keepTest(row, finding, { by, at: Date.now() })
    ctx.audit?.note(
      finding.tested ? { verdict: finding.verdict, code: finding.code } : { untestable: finding.reason }
    )
    return this.#leave(ctx, toneOf(finding), sentenceOf(ctx, finding))
  }

  /** Lets requests through at once, whatever the breaker waits for: those of all organizations, unless one added it. */
  async openGate(ctx: HttpContext) {
    const { provider, added } = await providerOf(ctx)
    if (!added) await ctx.audit?.concernsAll()
    const engine: Engine = await ctx.containerResolver.make('engine')
    const opened = await openGate(engine, provider.id)
    const key = opened ? 'providers.gate.closed' : 'providers.gate.was_closed'
    return this.#leave(ctx, 'good', ctx.i18n.t(key, { name: provider.name }))
  }

  /** Reads the metadata of a provider anew. */
  async discover(ctx: HttpContext) {
    const { provider, added } = await providerOf(ctx)
    const engine: Engine = await ctx.containerResolver.make('engine')
    const isMcp = added?.kind === mcp.id
    const read = await rediscover(engine, ctx.membership.organizationId, provider, isMcp)
    await catalogueOf(ctx)
    if (!read.ok) {
      const t: Translate = ctx.i18n.t.bind(ctx.i18n)
      const reason = typeof read.reason === 'string' ? read.reason : mcpWords(read.reason, t)
      return this.#leave(ctx, 'bad', t('providers.discovery.failed', { reason }))
    }
    const key = read.moved ? 'providers.discovery.moved' : 'providers.discovery.done'
    return this.#leave(ctx, 'good', ctx.i18n.t(key, { name: provider.name }))
  }

  #leave({ params, response, session }: HttpContext, tone: 'good' | 'bad' | 'plain', text: string) {
    session.flash('notice', { tone, text })
    return response
      .redirect()
      .status(303)
      .toPath(`/providers/${encodeURIComponent(params.key)}`)
  }
}

function toneOf(finding: CredentialFinding): 'good' | 'bad' | 'plain' {
  if (!finding.tested) return 'plain'
  if (finding.verdict === 'works' || finding.verdict === 'accepted') return 'good'
  return finding.verdict === 'refused' ? 'bad' : 'plain'
}

function sentenceOf({ i18n }: HttpContext, finding: CredentialFinding): string {
  if (!finding.tested) return i18n.t(`providers.test.untestable.${finding.reason}`)
  return i18n.t(`providers.test.${finding.verdict}`, { code: toldCode(finding) })
}
