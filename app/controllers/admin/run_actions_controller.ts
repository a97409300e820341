import { Readable } from 'node:stream'
import { errors, type HttpContext } from '@adonisjs/core/http'
import { runOf } from '#controllers/admin/run_of'
import { REPORT_FORMATS, type ReportFormat } from '#services/run_reports/report_formats'
import { storedReport } from '#services/run_reports/run_report'
import { retryFailed } from '#services/run_retry'

/** What people do with a run that has ended: try again what failed, and take its report with them. */
export default class RunActionsController {
  /** Begins a run over exactly those accounts that failed, and goes to it. */
  async retry(ctx: HttpContext) {
    const run = await runOf(ctx)
    const actor = ctx.auth.use('web').getUserOrFail().email
    const begun = await retryFailed(run, ctx.membership.organizationId, actor)
    if (!begun) {
      const text = ctx.i18n.t('runs.retry.nothing')
      ctx.session.flash('notice', { tone: 'bad', text })
      return ctx.response.redirect().status(303).toPath(`/runs/${run.id}`)
    }
    ctx.audit?.note({ run: begun.runId })
    if (begun.joined) ctx.session.flash('notice', { tone: 'plain', text: ctx.i18n.t('runs.retry.joined') })
    return ctx.response.redirect().status(303).toPath(`/runs/${begun.runId}`)
  }

  /** The bytes that `--report` of the command writes. */
  async report(ctx: HttpContext) {
    const { format } = ctx.params
    if (!Object.hasOwn(REPORT_FORMATS, format))
      throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    const run = await runOf(ctx)
    const { type, write } = REPORT_FORMATS[format as ReportFormat]
    ctx.response.header('Content-Type', type)
    ctx.response.header('Cache-Control', 'no-store')
    ctx.response.header('Content-Disposition', `attachment; filename="run-${run.id}.${format}"`)
    return ctx.response.stream(Readable.from(write(await storedReport(run))))
  }
}
