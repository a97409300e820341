import { errors, type HttpContext } from '@adonisjs/core/http'
import { loadProviderScope } from '#services/load_provider_facts'
import { NEWEST_FIRST, readSort } from '#services/account_sort'
import {
  forgetView,
  keepView,
  LONGEST_NAME,
  renameView,
  type Kept,
  type Keeper,
  type KeptView,
} from '#services/saved_views'
import { accountLinks } from '#transformers/account_links'
import { accountFilter } from '#validators/account_filter'
import { textField } from '#validators/text_field'

/** The views of the list that a person keeps: own ones only, whatever the role. */
export default class SavedViewsController {
  async store(ctx: HttpContext) {
    const { request, membership } = ctx
    const filter = accountFilter(request.body(), await loadProviderScope(membership.organizationId))
    const { query } = accountLinks(filter, readSort(request.input('sort')) ?? NEWEST_FIRST)
    const name = nameIn(ctx)
    if (filter.problem || name === '') return this.#refuse(ctx, filter.problem ? 'search' : 'name', query)
    const kept = await keepView(keeperOf(ctx), { name, query })
    return this.#answer(ctx, kept, query, 'saved')
  }

  async update(ctx: HttpContext) {
    const name = nameIn(ctx)
    const query = String(ctx.request.input('query') ?? '')
    if (name === '') return this.#refuse(ctx, 'name', query)
    return this.#answer(ctx, await renameView(keeperOf(ctx), ctx.params.id, name), query, 'renamed')
  }

  async destroy(ctx: HttpContext) {
    const view = await forgetView(keeperOf(ctx), ctx.params.id)
    if (!view) throw notFound(ctx)
    return this.#leave(ctx, view, 'removed')
  }

  #answer(ctx: HttpContext, kept: Kept, query: string, done: 'saved' | 'renamed') {
    if (kept.ok) return this.#leave(ctx, kept.view, done)
    if (kept.reason === 'gone') throw notFound(ctx)
    return this.#refuse(ctx, kept.reason, query)
  }

  #leave(ctx: HttpContext, { name, query }: KeptView, done: 'saved' | 'renamed' | 'removed') {
    const text = ctx.i18n.t(`accounts.views.notice.${done}`, { name })
    ctx.session.flash('notice', { tone: 'good', text })
    return ctx.response.redirect().status(303).toPath(addressOf(query))
  }

  /** Back to where the form stands, with what was typed. */
  #refuse(ctx: HttpContext, reason: 'search' | 'name' | 'taken' | 'many', query: string) {
    ctx.session.flash('view', { reason, name: nameIn(ctx), id: ctx.params.id ?? null })
    return ctx.response.redirect().status(303).toPath(addressOf(query))
  }
}

function keeperOf({ membership }: HttpContext): Keeper {
  return { organizationId: membership.organizationId, userId: membership.userId }
}

function nameIn({ request }: HttpContext): string {
  return textField(request.input('name'), LONGEST_NAME).replaceAll('\0', '').toWellFormed()
}

/** Only the list itself: whatever else stands in the field becomes a part of its query. */
function addressOf(query: string): string {
  const kept = new URLSearchParams(query.slice(0, 4_000)).toString()
  return kept === '' ? '/accounts' : `/accounts?${kept}`
}

function notFound({ request }: HttpContext) {
  return new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
}
