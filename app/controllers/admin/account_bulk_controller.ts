import { errors, type HttpContext } from '@adonisjs/core/http'
import { askingPage, isIncomplete, listOf, readBulk } from '#controllers/admin/bulk_request'
import Connection from '#models/connection'
import { beginBulk, countChosen } from '#services/bulk/begin_bulk'
import { LONGEST_TAG, type BulkAction } from '#services/bulk/bulk_actions'
import { accountsOf } from '#services/account_page'
import { accountName } from '#transformers/account_name'
import type { BulkForm } from '#validators/bulk_form'

/** Actions that have a page of their own, which asks for the rest. */
const PAGES: readonly BulkAction[] = ['tag', 'disconnect']
const NAMED = 5

/** What people do to many accounts at once: a run, to whose page it goes. */
export default class AccountBulkController {
  /** Asks for what the action needs beside the choice. */
  async show(ctx: HttpContext) {
    const action = PAGES.find((one) => one === ctx.params.action)
    const form = await readBulk(ctx)
    if (!action || form.filter.problem || form.ids?.length === 0) throw notFound(ctx)
    const { organizationId } = ctx.membership
    const count = await countChosen({ organizationId, ...form })
    const names = form.ids ? await accountsOf(organizationId, form.ids.slice(0, NAMED)) : []
    return ctx.view.render('pages/accounts/bulk', {
      ...{ action, count, form, longest: LONGEST_TAG, back: listOf(form) },
      names: names.map(accountName),
      tags: action === 'tag' ? await this.#tagsOf(organizationId, form) : [],
    })
  }

  async store(ctx: HttpContext) {
    const { auth, membership, response, session } = ctx
    const form = await readBulk(ctx)
    const { organizationId } = membership
    const count = form.action === 'disconnect' ? await countChosen({ organizationId, ...form }) : null
    if (isIncomplete(form) || (count !== null && form.count !== String(count)))
      return this.#askAgain(ctx, form)
    const { action, ids, filter, tag } = form as BulkForm & { action: BulkAction }
    const actor = auth.use('web').getUserOrFail().email
    const begun = await beginBulk({
      organizationId,
      action,
      ids,
      filter,
      tag,
      actor,
      locale: ctx.i18n.locale,
    })
    ctx.audit?.note({ action, accounts: ids ?? 'all', filter: filter.q, status: filter.health })
    ctx.audit?.note({ provider: filter.provider, tag, run: begun?.runId })
    if (!begun) {
      session.flash('notice', { tone: 'bad', text: ctx.i18n.t('accounts.bulk.stopping') })
      return response.redirect().status(303).toPath(listOf(form))
    }
    if (begun.joined) session.flash('notice', { tone: 'plain', text: ctx.i18n.t('accounts.bulk.joined') })
    return response.redirect().status(303).toPath(`/runs/${begun.runId}`)
  }

  /** The same page with a sentence beside the field, and what was typed. */
  #askAgain({ response, session }: HttpContext, form: BulkForm) {
    session.flash('bulk', { value: form.action === 'disconnect' ? (form.count ?? '') : (form.tag ?? '') })
    const page = form.action === 'untag' ? { ...form, action: 'tag' as const } : form
    return response.redirect().status(303).toPath(askingPage(page))
  }

  /** What the chosen accounts are tagged with already, for the field to offer. */
  async #tagsOf(organizationId: string, { ids }: BulkForm): Promise<string[]> {
    const query = Connection.query().where('organization_id', organizationId).select('id', 'tags')
    if (ids) query.whereIn('id', ids)
    const found = await query.orderBy('created_at', 'desc').limit(500)
    return [...new Set(found.flatMap(({ tags }) => tags))].sort().slice(0, 100)
  }
}

function notFound({ request }: HttpContext) {
  return new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
}
