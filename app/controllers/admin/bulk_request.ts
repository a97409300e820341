import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type { BulkAction } from '#services/bulk/bulk_actions'
import { loadProviderScope } from '#services/load_provider_facts'
import { accountLinks } from '#transformers/account_links'
import { bulkForm, type BulkForm } from '#validators/bulk_form'

/** What asks for something more on a page of its own: a tag, or a number that is typed because nothing brings it back. */
const ASKS: Readonly<Partial<Record<BulkAction, 'tag' | 'count'>>> = {
  tag: 'tag',
  untag: 'tag',
  disconnect: 'count',
}

/** Reads the form of the chosen accounts. */
export async function readBulk({ membership, request }: HttpContext): Promise<BulkForm> {
  const input = request.method() === 'GET' ? request.qs() : request.body()
  return bulkForm(input, await loadProviderScope(membership.organizationId))
}

/** The list that the accounts were chosen on, without its place. */
export function listOf({ filter }: Pick<BulkForm, 'filter'>): string {
  return accountLinks(filter).to({})
}

/** The page that asks for the rest of this action, with the choice in its address. */
export function askingPage({ action, ids, filter }: BulkForm): string {
  const chosen: Record<string, string> = ids === null ? { all: '1' } : { ids: ids.join(',') }
  return accountLinks(filter).at(`/accounts/bulk/${action}`, chosen)
}

/** Whether the form lacks what its action asks for. */
export function isIncomplete(form: BulkForm): boolean {
  const asked = form.action ? ASKS[form.action] : undefined
  return asked !== undefined && form[asked] === null
}

/**
 * Sends a form that is not complete yet to the page that asks for the rest, before anything is entered into the audit
 * trail: choosing is no action.
 */
export async function askFirst(ctx: HttpContext, next: NextFn) {
  const form = await readBulk(ctx)
  const isChosen = form.ids === null || form.ids.length > 0
  if (!isChosen || form.action === null || form.filter.problem) return leaveUndone(ctx, form)
  if (isIncomplete(form) && ctx.request.input('asked') !== '1') {
    return ctx.response.redirect().status(303).toPath(askingPage(form))
  }
  return next()
}

function leaveUndone({ i18n, session, response }: HttpContext, form: BulkForm) {
  const text = i18n.t(form.filter.problem ? 'accounts.bulk.not_understood' : 'accounts.bulk.nothing_chosen')
  session.flash('notice', { tone: 'bad', text })
  return response.redirect().status(303).toPath(listOf(form))
}
