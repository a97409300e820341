import type { HttpContext } from '@adonisjs/core/http'
import { PERIODS, spanOf, type ActivityFilter } from '#services/activity_log'
import type { ProviderFacts } from '#services/provider_facts'
import { activityChart, brushOf, histogramQuery } from '#transformers/activity_chart'
import { figuresPanel } from '#transformers/figures_panel'
import { listLinks } from '#transformers/list_links'
import { activityQuery, asMinute } from '#validators/list_filters'

/** The histogram and the figures of the period that a filter means; of no period: the last 24 hours. */
export async function activityFigures(
  ctx: HttpContext,
  filter: ActivityFilter,
  facts: ProviderFacts,
  now: number
) {
  const { organizationId } = ctx.membership
  const { figures, alerts, overview } = await ctx.containerResolver.make('engine')
  const span = spanOf(filter, now)
  const parts = histogramQuery(span.from ?? (span.to ?? now) - PERIODS['24h'], span.to, now)
  const query = { ...parts, provider: filter.provider ?? undefined }
  const series = await overview.series(organizationId, query)
  const margins = facts.providers.map(({ id, refresh }) => ({ id, margin: refresh.margin }))
  const t = ctx.i18n.t.bind(ctx.i18n)
  const links = listLinks('/activity', activityQuery(filter))
  const linkTo = (from: number, to: number) =>
    links.to({ period: null, from: asMinute(from), to: asMinute(to) })
  return {
    brush: brushOf(query, filter),
    chart: activityChart(query, series, { t, words: ctx.words, linkTo }),
    panel: figuresPanel(
      {
        ...{ total: series.total, providers: series.providers },
        expiring: await figures.expiringSoon(organizationId, margins),
        alerts: await alerts.open(organizationId),
        nameOf: (id) => facts.look(id).name,
      },
      { t, words: ctx.words, locale: ctx.i18n.locale }
    ),
  }
}
