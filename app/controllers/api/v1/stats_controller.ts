import type { HttpContext } from '@adonisjs/core/http'
import { engineOf } from '#controllers/api/v1/answers'
import { apiAlert, apiFigures, apiRunFigure } from '#transformers/api_figures'
import { period } from '#validators/api/runs'
import { refuseFields, toMillis } from '#validators/api_input'

const DAY = 24 * 60 * 60_000

/** The operating figures (X8): the last day unless a period is named. */
export default class StatsController {
  async show(ctx: HttpContext) {
    const asked = await period(ctx.request.qs())
    const { figures, alerts, clock } = await engineOf(ctx)
    const to = toMillis(asked.to) ?? clock.now()
    const from = toMillis(asked.from) ?? to - DAY
    if (from >= to)
      refuseFields([{ field: 'from', rule: 'before', message: 'The period must begin before its end' }])
    const { organizationId } = ctx.apiKey
    const report = await figures.figures(organizationId, { from, to })
    const runs = await figures.runs(organizationId, { from, to })
    const open = await alerts.open(organizationId)
    ctx.response.json({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      ...apiFigures(report),
      runs: runs.map(apiRunFigure),
      alerts: open.map(apiAlert),
    })
  }
}
