import { DateTime } from 'luxon'
import type { OutageKind } from '#tests/helpers/windows/truth_provider'
import { seededRandom } from '#tests/helpers/lab/lab_clock'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR
export const WINDOW = 12 * HOUR

/** A weekend on which the clocks of a zone change, and the chance that rules it. */
export interface Weekend {
  zone: string
  /** Local midnight before the change. */
  date: string
  seed: number
}

/** The margins that SPEC gives to providers; which one an account has is chance. */
export const MARGINS: Readonly<Record<string, number>> = {
  'margin-1h': HOUR,
  'margin-5m': 5 * MINUTE,
  'margin-7d': 7 * DAY,
}

export interface PlannedGrant {
  account: string
  provider: string
  life: number
  /** When the streamer grants, on true time. */
  at: number
}

export interface Outage {
  provider: string
  from: number
  to: number
  kind: OutageKind
}

export interface Plan {
  begin: number
  zone: string
  /** How far the host's clock is off at the beginning. */
  offset: number
  grants: PlannedGrant[]
  outages: Outage[]
  /** Corrections of the host's clock while it runs. */
  steps: { at: number; by: number }[]
}

/** Lives at which a rule changes, each of which every weekend has. */
const TELLING_LIVES = [
  MINUTE,
  61 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  2 * HOUR,
  2 * HOUR + SECOND,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
  13 * HOUR,
  14 * HOUR,
  DAY,
  7 * DAY,
  14 * DAY,
  60 * DAY,
]

/** Clocks are corrected by no more than this while a window is open; half of the shortest life is three times as long. */
const LARGEST_STEP = 10 * SECOND

/** What happens on a weekend: the same for the same seed and number. */
export function planFor({ zone, date, seed }: Weekend, count: number): Plan {
  const random = seededRandom(seed)
  const midnight = DateTime.fromISO(date, { zone })
  const begin = midnight.toMillis()
  const providers = Object.keys(MARGINS)
  const grants = Array.from({ length: count }, (_, index) => ({
    account: `s${seed}-${index}`,
    provider: pick(providers, random),
    life: TELLING_LIVES[index] ?? life(random),
    at: begin + whole(36 * HOUR * random()),
  }))
  const outages = providers.flatMap((provider) => outagesOf(provider, begin, random))
  const steps = Array.from({ length: 8 }, () => ({
    at: begin + whole(48 * HOUR * random()),
    by: whole((2 * random() - 1) * LARGEST_STEP),
  }))
  return { begin, zone, offset: whole((2 * random() - 1) * 12 * HOUR), grants, outages, steps }
}

/** From a minute to sixty days, evenly over the orders of magnitude, with fewer of the shortest. */
function life(random: () => number): number {
  return Math.round(60 * (60 * 24 * 60) ** Math.cbrt(random())) * SECOND
}

/** Four outages of a minute to two hours, none of which begins before the one before has ended for an hour. */
function outagesOf(provider: string, begin: number, random: () => number): Outage[] {
  const kinds: OutageKind[] = ['unavailable', 'bad_gateway', 'reset']
  return Array.from({ length: 4 }, (_, index) => {
    const from = begin + index * 12 * HOUR + whole(9 * HOUR * random())
    return { provider, from, to: from + MINUTE + whole(2 * HOUR * random() ** 3), kind: pick(kinds, random) }
  })
}

const whole = (milliseconds: number) => Math.round(milliseconds)

function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]
}
