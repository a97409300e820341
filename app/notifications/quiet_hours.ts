import { DateTime, IANAZone } from 'luxon'
import type { Severity } from '#notifications/types'

/** When a person wants to be left alone: wall clock times such as 22:00, across midnight where `until` comes first. */
export interface QuietHours {
  from: string
  until: string
}

export type Digest = 'none' | 'hourly' | 'daily'

/** What decides when a message may leave. */
export interface Timing {
  now: number
  /** How long a matter waits for more accounts, in milliseconds. */
  gather: number
}

interface Habits {
  zone: string
  quiet: QuietHours | null
}

/** Urgent matters gather for no longer than this, in milliseconds. */
const URGENT_GATHER = 10_000
const DIGEST_HOUR = 8

/** The end of the quiet hours that this moment falls into; null outside of them. Right on days of 23 or 25 hours, too. */
export function quietEnd(at: number, { zone, quiet }: Habits): number | null {
  if (!quiet) return null
  const here = DateTime.fromMillis(at, { zone: zoneOf(zone) })
  for (const day of [here.minus({ days: 1 }), here]) {
    const start = onDay(day, quiet.from)
    const end =
      quiet.until <= quiet.from ? onDay(day.plus({ days: 1 }), quiet.until) : onDay(day, quiet.until)
    if (start <= at && at < end) return end
  }
  return null
}

/** When the next digest leaves: at the next full hour, or at 08:00, on the wall clock of the zone. */
export function digestTime(at: number, digest: 'hourly' | 'daily', zone: string): number {
  const here = DateTime.fromMillis(at, { zone: zoneOf(zone) })
  if (digest === 'hourly') return here.startOf('hour').plus({ hours: 1 }).toMillis()
  const today = onDay(here, `0${DIGEST_HOUR}:00`)
  return today > at ? today : onDay(here.plus({ days: 1 }), `0${DIGEST_HOUR}:00`)
}

/** When a message leaves: after gathering or with the digest, and not in quiet hours unless it is urgent. */
export function dueAt(severity: Severity, digest: Digest, habits: Habits, { now, gather }: Timing): number {
  if (severity === 'urgent') return now + Math.min(gather, URGENT_GATHER)
  const at = digest === 'none' ? now + gather : digestTime(now, digest, habits.zone)
  return quietEnd(at, habits) ?? at
}

/** Whether the zone is one of the IANA's that this host knows, such as Europe/Zurich; dates can be written in it. */
export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone)
}

/** A zone that this host does not know, after a change of its time zone data, must not hold up a message. */
function zoneOf(zone: string): string {
  return isZone(zone) ? zone : 'utc'
}

function onDay(day: DateTime, time: string): number {
  const [hour, minute] = time.split(':').map(Number)
  return day.startOf('day').set({ hour, minute }).toMillis()
}
