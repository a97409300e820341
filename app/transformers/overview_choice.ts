import { HOUR } from '#services/figures/period'
import { listLinks } from '#transformers/list_links'

const DAY = 24 * HOUR
const MINUTE = 60_000

/** How far back the figures look, in equal parts that end with the current one. */
export const PERIODS = [
  { id: '1h', step: 5 * MINUTE, count: 12 },
  { id: '24h', step: HOUR, count: 24 },
  { id: '7d', step: 6 * HOUR, count: 28 },
  { id: '30d', step: DAY, count: 30 },
] as const

/** How far ahead the horizon looks, in equal parts that begin with the current one. */
export const HORIZONS = [
  { id: '24h', step: HOUR, count: 24 },
  { id: '7d', step: 6 * HOUR, count: 28 },
  { id: '90d', step: 5 * DAY, count: 18 },
] as const

export type Period = (typeof PERIODS)[number]
export type Horizon = (typeof HORIZONS)[number]

/** What the overview was asked to show, and the addresses of the other choices. */
export function overviewChoice(query: Record<string, unknown>) {
  const period = PERIODS.find(({ id }) => id === query.period) ?? PERIODS[1]
  const horizon = HORIZONS.find(({ id }) => id === query.horizon) ?? HORIZONS[0]
  const asked = {
    period: period === PERIODS[1] ? null : period.id,
    horizon: horizon === HORIZONS[0] ? null : horizon.id,
  }
  const { to } = listLinks('/', asked)
  return {
    period,
    horizon,
    periods: PERIODS.map(({ id }) => ({
      id,
      href: to({ period: id === PERIODS[1].id ? null : id }),
      current: id === period.id,
    })),
    horizons: HORIZONS.map(({ id }) => ({
      id,
      href: to({ horizon: id === HORIZONS[0].id ? null : id }),
      current: id === horizon.id,
    })),
  }
}

/** The parts of a period up to now; the last one is not over. */
export function partsUntil(now: number, { step, count }: Period) {
  const grid = Math.min(step, HOUR)
  const end = now - (now % grid) + grid
  return { from: end - step * count, step, count }
}

/** The parts of the time to come; the first one has begun already. */
export function partsFrom(now: number, { step, count }: Horizon) {
  return { from: now - (now % HOUR), step, count }
}
