import { errors, type HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import { catalogueOf, redirectUri } from '#controllers/admin/provider_of'
import { providerStates } from '#controllers/admin/provider_states'
import type { EntryProblem } from '#oauth/added_provider'
import type { AddedProvider } from '#services/added_providers'
import { loadProviderFacts } from '#services/load_provider_facts'
import { besideField, withField } from '#transformers/fault_words'
import { ADVANCED, BASICS, FORM_FIELDS, providerFormValues } from '#transformers/provider_form'
import { brokenEntryCard, providerEntryCard } from '#transformers/provider_entry_card'
import type { Translate } from '#transformers/translate'
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
    const own = (await catalogueOf(ctx)).addedBy(organizationId)
    const readState = await providerStates(ctx, facts, own)
    const voice = { t: ctx.i18n.t.bind(ctx.i18n), words: ctx.words, locale: ctx.i18n.locale }
    const cards = facts.providers.map((provider) => providerEntryCard(provider, readState(provider), voice))
    const broken = own.filter(({ provider }) => provider === null)
    const figures = {
      own: cards.filter(({ editable }) => editable),
      broken: broken.map((added) => brokenEntryCard(added, facts.look(added.id).icon, voice.t)),
      fixed: cards.filter(({ editable }) => !editable),
    }
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/providers/index', { ...figures, now: Date.now() })
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
    const catalogue = await catalogueOf(ctx)
    const result = await catalogue.add(ctx.membership.organizationId, { key, name, entry, clientSecret })
    if (!result.ok) return this.#refuse(ctx, NEW, { values, problems: result.problems })
    ctx.audit?.about({ key })
    return this.#leave(ctx, 'good', ctx.i18n.t('providers.form.added', { name }), `/providers/${key}`)
  }

  async update(ctx: HttpContext) {
    const added = await this.#own(ctx)
    const { name, entry, clientSecret, values, problems } = readProviderForm(ctx.request.body())
    const page = `/providers/${added.key}/edit`
    if (problems.length > 0) return this.#refuse(ctx, page, { values, problems })
    const catalogue = await catalogueOf(ctx)
    const change = { name, entry, clientSecret }
    const result = await catalogue.update(ctx.membership.organizationId, added.key, change)
    if (!result.ok) return this.#refuse(ctx, page, { values, problems: result.problems })
    return this.#leave(ctx, 'good', ctx.i18n.t('providers.form.changed', { name }))
  }

  async destroy(ctx: HttpContext) {
    const added = await this.#own(ctx)
    const result = await (await catalogueOf(ctx)).remove(ctx.membership.organizationId, added.key)
    const { name } = added
    if (result.ok) return this.#leave(ctx, 'good', ctx.i18n.t('providers.form.removed', { name }))
    const { users: count } = result
    const text =
      count > 0 ? ctx.i18n.t('providers.form.in_use', { count, name }) : ctx.i18n.t('providers.form.gone')
    return this.#leave(ctx, 'bad', text)
  }

  /** A provider that this organization added; every other one is not found. */
  async #own(ctx: HttpContext): Promise<AddedProvider> {
    const own = (await catalogueOf(ctx)).addedBy(ctx.membership.organizationId)
    const found = own.find(({ key }) => key === ctx.params.key)
    if (found) return found
    throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
  }

  /** Back to the form, with everything that was written except the secret. */
  #refuse({ response, session }: HttpContext, page: string, state: FormState) {
    session.flash(REFUSED, state)
    return response.redirect().status(303).toPath(page)
  }

  #form({ i18n, session, view }: HttpContext, added: AddedProvider | null, fresh: FormState) {
    const refused = session.flashMessages.get(REFUSED, null) as FormState | null
    const { values, problems } = refused ?? fresh
    const known = new Set(FORM_FIELDS.map(({ name }) => name))
    const t: Translate = i18n.t.bind(i18n)
    const messages = new Map(problems.map((problem) => [placeOf(problem), besideField(problem, t)]))
    return view.render('pages/providers/form', {
      added,
      values,
      basics: BASICS,
      groups: ADVANCED.map((group) => ({ ...group, ...stateOf(group, values, messages) })),
      messages: Object.fromEntries(messages),
      others: problems
        .filter((problem) => !known.has(placeOf(problem)))
        .map((problem) => withField(problem, t)),
      count: problems.length,
      refused: refused !== null,
      redirectUri: added ? redirectUri(added.id) : null,
    })
  }

  #leave({ response, session }: HttpContext, tone: 'good' | 'bad', text: string, page = '/providers') {
    session.flash('notice', { tone, text })
    return response.redirect().status(303).toPath(page)
  }
}

/** The field that a message stands beside; limits have two fields of their own. */
function placeOf({ field, part }: EntryProblem): string {
  if (field !== 'rate_limit') return field ?? ''
  return part === 'concurrency' ? 'concurrency' : 'per_second'
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
