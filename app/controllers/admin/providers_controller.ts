import { errors, type HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import type { EntryProblem } from '#oauth/added_provider'
import type { AddedProvider } from '#services/added_providers'
import type { Engine } from '#services/build_engine'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts } from '#services/load_provider_facts'
import { ADVANCED, BASICS, FORM_FIELDS, providerFormValues } from '#transformers/provider_form'
import { brokenEntryCard, providerEntryCard } from '#transformers/provider_entry_card'
import { readProviderForm } from '#validators/provider_form'

/** Where a form that was refused waits for the page that shows it again. */
const REFUSED = 'providers.refused'

const NEW = '/providers/new'

interface FormState {
  values: Record<string, string>
  problems: readonly EntryProblem[]
}

/** The providers of an organization: those of the installation, and its own, which it may add, change and remove. */
export default class ProvidersController {
  async index(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const facts = await loadProviderFacts(organizationId)
    const accounts = await dashboard.accountsByProvider(organizationId)
    const own = (await this.#catalogue(ctx)).addedBy(organizationId)
    const cards = facts.providers.map((provider) => {
      const gate = facts.closedGates.get(provider.id)
      return providerEntryCard(provider, {
        look: facts.look(provider.id),
        redirectUri: redirectUri(provider.id),
        accounts: accounts.get(provider.id) ?? 0,
        paused: gate ? (gate.errorCode ?? gate.reason ?? 'paused') : null,
        added: own.find(({ id }) => id === provider.id) ?? null,
      })
    })
    const broken = own.filter(({ provider }) => provider === null)
    return ctx.view.render('pages/providers/index', {
      own: cards.filter(({ editable }) => editable),
      broken: broken.map((added) => brokenEntryCard(added, facts.look(added.id).icon)),
      fixed: cards.filter(({ editable }) => !editable),
    })
  }

  create(ctx: HttpContext) {
    return this.#form(ctx, null, { values: {}, problems: [] })
  }

  async edit(ctx: HttpContext) {
    const added = await this.#own(ctx)
    return this.#form(ctx, added, { values: providerFormValues(added), problems: added.problems })
  }

  async store(ctx: HttpContext) {
    const { key, name, entry, clientSecret, values, problems } = readProviderForm(ctx.request.body())
    if (problems.length > 0) return this.#refuse(ctx, NEW, { values, problems })
    const catalogue = await this.#catalogue(ctx)
    const result = await catalogue.add(ctx.membership.organizationId, { key, name, entry, clientSecret })
    if (!result.ok) return this.#refuse(ctx, NEW, { values, problems: result.problems })
    return this.#leave(ctx, 'good', `${name} is added.`)
  }

  async update(ctx: HttpContext) {
    const added = await this.#own(ctx)
    const { name, entry, clientSecret, values, problems } = readProviderForm(ctx.request.body())
    const page = `/providers/${added.key}/edit`
    if (problems.length > 0) return this.#refuse(ctx, page, { values, problems })
    const catalogue = await this.#catalogue(ctx)
    const change = { name, entry, clientSecret }
    const result = await catalogue.update(ctx.membership.organizationId, added.key, change)
    if (!result.ok) return this.#refuse(ctx, page, { values, problems: result.problems })
    return this.#leave(ctx, 'good', `${name} is changed.`)
  }

  async destroy(ctx: HttpContext) {
    const added = await this.#own(ctx)
    const result = await (await this.#catalogue(ctx)).remove(ctx.membership.organizationId, added.key)
    if (result.ok) return this.#leave(ctx, 'good', `${added.name} is removed.`)
    return this.#leave(ctx, 'bad', result.message)
  }

  async #catalogue(ctx: HttpContext) {
    const { catalogue }: Engine = await ctx.containerResolver.make('engine')
    await catalogue.reloadIfChanged()
    return catalogue
  }

  /** A provider that this organization added; every other one is not found. */
  async #own(ctx: HttpContext): Promise<AddedProvider> {
    const own = (await this.#catalogue(ctx)).addedBy(ctx.membership.organizationId)
    const found = own.find(({ key }) => key === ctx.params.key)
    if (found) return found
    throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
  }

  /** Back to the form, with everything that was written except the secret. */
  #refuse({ response, session }: HttpContext, page: string, state: FormState) {
    session.flash(REFUSED, state)
    return response.redirect().status(303).toPath(page)
  }

  #form({ session, view }: HttpContext, added: AddedProvider | null, fresh: FormState) {
    const refused = session.flashMessages.get(REFUSED, null) as FormState | null
    const { values, problems } = refused ?? fresh
    const known = new Set(FORM_FIELDS.map(({ name }) => name))
    const messages = new Map(problems.map((problem) => [placeOf(problem), problem.message]))
    return view.render('pages/providers/form', {
      added,
      values,
      basics: BASICS,
      groups: ADVANCED.map((group) => ({ ...group, ...stateOf(group, values, messages) })),
      messages: Object.fromEntries(messages),
      others: problems.filter((problem) => !known.has(placeOf(problem))).map(({ message }) => message),
      count: problems.length,
      refused: refused !== null,
      redirectUri: added ? redirectUri(added.id) : null,
    })
  }

  #leave({ response, session }: HttpContext, tone: 'good' | 'bad', text: string) {
    session.flash('notice', { tone, text })
    return response.redirect().status(303).toPath('/providers')
  }
}

function redirectUri(id: string): string {
  return `${appUrl}/connect/${encodeURIComponent(id)}/callback`
}

/** The field that a message stands beside; limits have two fields of their own. */
function placeOf({ field, message }: EntryProblem): string {
  if (field !== 'rate_limit') return field ?? ''
  return message.startsWith('concurrency') ? 'concurrency' : 'per_second'
}

/** A group is open where something in it is wrong, and says how much of it is filled in. */
function stateOf(
  { fields }: (typeof ADVANCED)[number],
  values: Record<string, string>,
  messages: Map<string, string>
) {
  const filled = fields.filter(({ name }) => (values[name] ?? '') !== '').length
  return { open: fields.some(({ name }) => messages.has(name)), filled }
}
