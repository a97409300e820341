import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import { exportFile, type ExportFormat } from '#services/account_export'
import { loadProviderScope } from '#services/load_provider_facts'
import { accountLinks } from '#transformers/account_links'
import { accountFilter } from '#validators/account_filter'

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
}

/** What the list shows for a filter, all pages of it, as a file. */
export default class AccountExportController {
  async show(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const { i18n, request, response, session } = ctx
    const filter = accountFilter(request.qs(), await loadProviderScope(organizationId))
    // What was meant is not known, so nothing is handed out; the list says what is wrong with the search.
    if (filter.problem) {
      session.flash('notice', { tone: 'bad', text: i18n.t('accounts.bulk.not_understood') })
      return response.redirect().toPath(accountLinks(filter).to({}))
    }
    const format: ExportFormat = request.input('format') === 'json' ? 'json' : 'csv'
    ctx.audit?.note({ format, filter: filter.q, status: filter.health, provider: filter.provider })
    const day = new Date().toISOString().slice(0, 10)
    response.header('Content-Type', TYPES[format])
    response.header('Content-Disposition', `attachment; filename="accounts-${day}.${format}"`)
    response.header('Cache-Control', 'no-store')
    return response.stream(Readable.from(exportFile(organizationId, filter, format)))
  }
}
