import type { HttpContext } from '@adonisjs/core/http'
import { refreshMatching } from '#services/bulk_refresh'
import { loadProviderScope } from '#services/load_provider_facts'
import { accountLinks } from '#transformers/account_links'
import { accountFilter } from '#validators/account_filter'

/** What a person does to all accounts that the list shows: a run, to whose page it goes. */
export default class AccountRunsController {
  async store({ auth, membership, request, response, session }: HttpContext) {
    const filter = accountFilter(request.body(), await loadProviderScope(membership.organizationId))
    // What was meant is not known, so nothing is refreshed; the list says what is wrong with the search.
    if (filter.problem) return response.redirect().status(303).toPath(accountLinks(filter).to({}))
    const actor = auth.use('web').getUserOrFail().email
    const begun = await refreshMatching({ organizationId: membership.organizationId, filter, actor })
    if (!begun) {
      session.flash('notice', {
        tone: 'plain',
        text: 'Nothing was begun: the server is stopping. Try again.',
      })
      return response.redirect().status(303).toPath(accountLinks(filter).to({}))
    }
    if (begun.joined) session.flash('notice', { tone: 'plain', text: 'This refresh was under way already.' })
    return response.redirect().status(303).toPath(`/runs/${begun.runId}`)
  }
}
