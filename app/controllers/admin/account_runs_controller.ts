import type { HttpContext } from '@adonisjs/core/http'
import { refreshMatching } from '#services/bulk_refresh'
import { loadProviderScope } from '#services/load_provider_facts'
import { accountLinks } from '#transformers/account_links'
import { accountFilter } from '#validators/account_filter'

/** What a person does to all accounts that the list shows: a run, to whose page it goes. */
export default class AccountRunsController {
  async store({ audit, auth, i18n, membership, request, response, session }: HttpContext) {
    const filter = accountFilter(request.body(), await loadProviderScope(membership.organizationId))
    // What was meant is not known, so nothing is refreshed; the list says what is wrong with the search.
    if (filter.problem) {
      session.flash('notice', { tone: 'bad', text: i18n.t('accounts.bulk.not_understood') })
      return response.redirect().status(303).toPath(accountLinks(filter).to({}))
    }
    const actor = auth.use('web').getUserOrFail().email
    const begun = await refreshMatching({ organizationId: membership.organizationId, filter, actor })
    if (!begun) {
      session.flash('notice', { tone: 'bad', text: i18n.t('accounts.bulk.stopping') })
      return response.redirect().status(303).toPath(accountLinks(filter).to({}))
    }
    audit?.note({ run: begun.runId, search: request.input('q') ?? null, provider: filter.provider })
    if (begun.joined) session.flash('notice', { tone: 'plain', text: i18n.t('accounts.refresh_all.joined') })
    return response.redirect().status(303).toPath(`/runs/${begun.runId}`)
  }
}
