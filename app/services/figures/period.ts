export const HOUR = 60 * 60_000
const DAY = 24 * HOUR

/** A span of time in milliseconds, its end excluded. */
export interface Span {
  from: number
  to: number
}

/** Which part of a period comes from the hourly figures and which from the log itself. */
export interface PeriodPlan extends Span {
  /** The first whole hour. */
  hoursFrom: number
  /** The end of the last whole hour, for a period that the roll-up has passed. */
  hoursTo: number
}

/**
 * Splits a period. Ends that are older than a day are moved out to whole hours, because the log may have been pruned
 * there; younger ones are exact to the millisecond.
 */
export function planPeriod({ from, to }: Span, now: number): PeriodPlan {
  const begin = from < now - DAY ? floor(from) : from
  const end = to < now - DAY ? ceil(to) : to
  return { from: begin, to: end, hoursFrom: ceil(begin), hoursTo: floor(end) }
}

/** What has to be counted in the log, where everything before `mark` is in the hourly figures; null: nothing is. */
export function spansInLog(plan: PeriodPlan, mark: number | null): Span[] {
  const { from, to, hoursFrom } = plan
  const hoursTo = mark !== null && mark < to ? mark : plan.hoursTo
  if (mark === null || hoursFrom >= hoursTo) return mine([{ from, to }])
  return mine([
    { from, to: hoursFrom },
    { from: hoursTo, to },
  ])
}

const mine = (spans: Span[]) => spans.filter(({ from, to }) => from < to)
const floor = (time: number) => time - (time % HOUR)
const ceil = (time: number) => floor(time + HOUR - 1)
