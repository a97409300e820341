import type { Issue } from '#tests/helpers/windows/truth_provider'
import { MARGINS, type Outage, type PlannedGrant } from '#tests/helpers/windows/plan'
import { MINUTE, SECOND, TIMING } from '#tests/helpers/refresh_fixtures'

/** A window that was opened: on true time, and on the host's clock by which it is kept. */
export interface OpenedWindow extends PlannedGrant, Span {
  host: Span
}

/** What the provider knows about a window, and what it means. All in milliseconds. */
export interface WindowVerdict extends OpenedWindow {
  /** Without a valid token although the provider was up, and had been for a cycle. */
  lapsed: number
  /** Without a valid token because of an outage. */
  away: number
  /** The longest time between the end of an outage and the next valid token. */
  recovery: number
  /** Refreshes within the window, the one that opened it included. */
  refreshes: number
  /** Refreshes that came earlier than the rule allows. */
  premature: number
  /** Refreshes that the schedule sent while the window was closed. */
  outside: number
}

/** One refresh that the log holds: when on the host's clock, and by which door. */
export interface Logged {
  at: number
  kind: string
}

export interface Span {
  from: number
  to: number
}

/**
 * One cycle after an outage: the longest wait between two tries, plus the breaker's probe before everybody else, plus
 * the jitter of both and a tick of the sweep each.
 */
export const ONE_CYCLE = Math.round((TIMING.configurationProbe + MINUTE) * 1.05) + 2 * SECOND

/** The largest share of a margin by which jitter brings a refresh forward. */
const JITTER = 0.1
/** Instants are kept in whole milliseconds. */
const ROUNDING = 2

/** The shortest time between a token and its successor: its life less the margin, which is at most half of it. */
export function shortestUse({ provider, life }: Pick<PlannedGrant, 'provider' | 'life'>): number {
  return life - Math.min(MARGINS[provider], life / 2) * (1 + JITTER)
}

/** Judges a window by what the provider issued and by the log; pure. */
export function judgeWindow(
  window: OpenedWindow,
  issues: readonly Issue[],
  logged: readonly Logged[],
  outages: readonly Outage[]
): WindowVerdict {
  const mine = outages.filter(({ provider }) => provider === window.provider)
  const gaps = uncovered(window, issues)
  const excused = mine.map(({ from, to }) => ({ from, to: to + ONE_CYCLE }))
  const lapsed = total(gaps.flatMap((gap) => excused.reduce(cutOut, [gap])))
  const within = issues.filter(({ at }) => at >= window.from && at < window.to)
  return {
    ...window,
    lapsed,
    away: total(gaps) - lapsed,
    recovery: Math.max(0, ...mine.flatMap((outage) => gaps.map((gap) => waitAfter(outage, gap)))),
    refreshes: within.length,
    premature: premature(window, logged),
    outside: logged.filter(({ at, kind }) => kind === 'scheduled' && !isWithin(at, window.host)).length,
  }
}

const isWithin = (at: number, { from, to }: Span) => at >= from && at < to

/** The parts of the window in which no token of the account is valid. A new token ends the one before it. */
function uncovered({ from, to }: Span, issues: readonly Issue[]): Span[] {
  const valid = issues.map(({ at, life }, index) => ({
    from: at,
    to: Math.min(at + life, issues[index + 1]?.at ?? Number.POSITIVE_INFINITY),
  }))
  return valid.reduce(cutOut, [{ from, to }])
}

/** What is left of the spans without the part that is cut out. */
function cutOut(spans: Span[], cut: Span): Span[] {
  return spans
    .flatMap(({ from, to }) => [
      { from, to: Math.min(to, cut.from) },
      { from: Math.max(from, cut.to), to },
    ])
    .filter(({ from, to }) => from < to)
}

function waitAfter({ from, to }: Outage, gap: Span): number {
  return gap.from < to + ONE_CYCLE && gap.to > from ? Math.max(0, gap.to - to) : 0
}

function premature(window: OpenedWindow, logged: readonly Logged[]): number {
  const shortest = shortestUse(window) - ROUNDING
  return logged.filter(
    ({ at, kind }, index) => kind === 'scheduled' && index > 0 && at - logged[index - 1].at < shortest
  ).length
}

function total(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0)
}
