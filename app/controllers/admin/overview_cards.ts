import type { HttpContext } from '@adonisjs/core/http'
import { HOUR } from '#services/figures/period'
import { EVERYTHING } from '#services/account_filter/account_filter'
import { healthExpression } from '#services/account_list'
import { healthCounts } from '#services/health_counts'
import { attention } from '#services/overview/attention'
import type { ProviderFacts } from '#services/provider_facts'
import { runPage } from '#services/run_pages'
import { overviewAttention } from '#transformers/overview_attention'
import { overviewHorizon } from '#transformers/overview_horizon'
import { overviewOutcomes } from '#transformers/overview_outcomes'
import { overviewRun } from '#transformers/overview_run'
import { partsFrom, partsUntil, type overviewChoice } from '#transformers/overview_choice'

/** One card of the overview: what it shows, or nothing where it could not be read. */
export type Card<T> = { ok: true; value: T } | { ok: false }

export interface CardInput {
  facts: ProviderFacts
  choice: ReturnType<typeof overviewChoice>
  now: number
}

const RUNS = 5

/** The figures of the tiles: how many accounts there are in each condition, and what comes next. */
export function tiles(ctx: HttpContext, { facts, now }: CardInput) {
  return card(ctx, 'tiles', async () => {
    const { organizationId } = ctx.membership
    const health = healthExpression(facts, now)
    const counts = await healthCounts(organizationId, { provider: null, search: EVERYTHING }, health)
    const { overview } = await ctx.containerResolver.make('engine')
    return { counts, ...(await overview.soon(organizationId, { now, within: HOUR, ...facts })) }
  })
}

export function matters(ctx: HttpContext, { facts, now }: CardInput) {
  return card(ctx, 'attention', async () => {
    const { organizationId } = ctx.membership
    const { overview: figures } = await ctx.containerResolver.make('engine')
    const found = await attention({ organizationId, figures, facts, now })
    const t = ctx.i18n.t.bind(ctx.i18n)
    return { ...overviewAttention({ attention: found, facts, now, t }), troubled: found.troubled }
  })
}

export function horizon(ctx: HttpContext, { facts, choice, now }: CardInput) {
  return card(ctx, 'horizon', async () => {
    const parts = partsFrom(now, choice.horizon)
    const { overview } = await ctx.containerResolver.make('engine')
    const endings = await overview.endings(ctx.membership.organizationId, parts, now)
    const nameOf = (id: string) => facts.look(id).name
    const t = ctx.i18n.t.bind(ctx.i18n)
    return overviewHorizon({ endings, parts, nameOf, sayMoment: sayMoment(ctx, parts.step, now), t })
  })
}

export function outcomes(ctx: HttpContext, { facts, choice, now }: CardInput) {
  return card(ctx, 'outcomes', async () => {
    const parts = partsUntil(now, choice.period)
    const { overview } = await ctx.containerResolver.make('engine')
    const series = await overview.series(ctx.membership.organizationId, parts)
    const t = ctx.i18n.t.bind(ctx.i18n)
    return overviewOutcomes({
      series,
      parts,
      look: facts.look,
      sayMoment: sayMoment(ctx, parts.step, now),
      t,
    })
  })
}

export function lastRuns(ctx: HttpContext) {
  return card(ctx, 'runs', async () => {
    const { items } = await runPage(ctx.membership.organizationId, { job: null, state: null }, null)
    return items.slice(0, RUNS).map(overviewRun)
  })
}

/** Reads one card. What goes wrong is logged and costs that card only. */
async function card<T>(ctx: HttpContext, name: string, read: () => Promise<T>): Promise<Card<T>> {
  try {
    return { ok: true, value: await read() }
  } catch (err) {
    ctx.logger.error({ err, card: name }, 'A card of the overview could not be read')
    return { ok: false }
  }
}

/** Parts of a day are named by their begin in the reader's zone, whole days by their date in UTC, where they begin. */
function sayMoment({ words }: HttpContext, step: number, now: number) {
  return (at: number) => (step < 24 * HOUR ? words.moment(at, now) : words.day(at))
}
