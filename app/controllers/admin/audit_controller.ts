import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import retention from '#config/retention'
import { isUnchanged } from '#controllers/admin/live_page'
import { decodeCursor } from '#services/account_cursor'
import { ACTION_GROUPS, HAND_OUT } from '#services/audit/actions'
import { EXPORT_FORMATS, exportText } from '#services/audit/audit_export'
import type { Audit } from '#services/audit/build_audit'
import { auditRow } from '#transformers/audit_row'
import { listLinks } from '#transformers/list_links'
import { AUDIT_PERIODS, auditFilter, type ShownAuditFilter } from '#validators/audit_filter'

const DAY = 24 * 60 * 60_000
const TYPES = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' }

/** The audit trail of the organization: a page that is narrowed by its address, and the same as a file. */
export default class AuditController {
  /** An empty field of the filter form is no filter, and stays out of the URL. */
  async index(ctx: HttpContext) {
    const now = Date.now()
    const query = ctx.request.qs()
    const { shown, filter } = auditFilter(query, now)
    const links = listLinks('/audit', { ...shown })
    if (Object.values(query).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const { log, handOuts }: Audit = await ctx.containerResolver.make('audit')
    // What is still counted in this process belongs on the page that is looked at now.
    await handOuts.flush()
    const { organizationId } = ctx.membership
    const page = await log.page(organizationId, filter, { cursor: decodeCursor(query.cursor) })
    const speech = { t: ctx.i18n.t.bind(ctx.i18n), words: ctx.words, now }
    const figures = {
      rows: page.entries.map((entry) => auditRow(entry, speech)),
      next: page.next,
      previous: page.previous,
      anything: page.entries.length > 0 || (await log.hasAny(organizationId)),
    }
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/audit/index', {
      ...figures,
      ...{ now, links, filter: shown, exports: exportLinks(shown) },
      groups: ACTION_GROUPS.filter((group) => group !== HAND_OUT.split('.')[0]),
      periods: Object.keys(AUDIT_PERIODS),
      keptDays: Math.round(retention.audit / DAY),
    })
  }

  /** Everything that the filter selects, as it is read from the database. */
  async export(ctx: HttpContext) {
    const query = ctx.request.qs()
    const format = EXPORT_FORMATS.find((one) => one === query.format) ?? 'csv'
    const { shown, filter } = auditFilter(query, Date.now())
    ctx.audit?.note({ format, ...Object.fromEntries(Object.entries(shown).filter(([, value]) => value)) })
    const { log, handOuts }: Audit = await ctx.containerResolver.make('audit')
    await handOuts.flush()
    const day = new Date().toISOString().slice(0, 10)
    ctx.response.header('Content-Type', TYPES[format]).header('Cache-Control', 'no-store')
    ctx.response.header('Content-Disposition', `attachment; filename="audit-${day}.${format}"`)
    const pages = log.walk(ctx.membership.organizationId, filter)
    return ctx.response.stream(Readable.from(exportText(pages, format)))
  }
}

function exportLinks(shown: ShownAuditFilter) {
  const links = listLinks('/audit/export', { ...shown })
  return EXPORT_FORMATS.map((format) => ({ format, href: links.to({ format }) }))
}
