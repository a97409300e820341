import db from '@adonisjs/lucid/services/db'
import update from '#config/update'
import { createTransport } from '#oauth/transport'
import type { Clock, Transport } from '#oauth/types'
import { claimFact, noteFact, readFact } from '#services/installation_facts'
import { openDriver } from '#services/open_driver'
import { systemClock } from '#services/system_clock'
import { isNewer, readRelease, type Release } from '#services/update/release'
import type { StoreDriver } from '#store/driver'

/** Nobody is asked more often than this, in milliseconds, however many processes there are. */
export const ASK_EVERY = 24 * 3_600_000
/** The page waits for the answer so long at most, once a day. */
const DEADLINE = 3_000

/** `unknown`: nobody who was asked has given an answer that may be believed. */
export type UpdateHint =
  { type: 'off' } | { type: 'unknown' | 'newest'; askedAt: number } | { type: 'newer'; release: Release }

interface Means {
  driver: StoreDriver
  transport: Transport
  clock: Pick<Clock, 'now'>
  url: string
  allowPrivate: boolean
}

/** Whether a newer version is known, asked for first where that was not done today. `current` is the version that runs. */
export async function updateHint(current: string): Promise<UpdateHint> {
  const { url, allowPrivate } = update
  if (url === null) return { type: 'off' }
  const driver = openDriver(db.connection())
  const transport = createTransport({ clock: systemClock })
  try {
    return await askDaily({ driver, transport, clock: systemClock, url, allowPrivate }, current)
  } finally {
    await transport.close()
    await driver.close()
  }
}

/**
 * One request a day, by whoever comes first. An answer that cannot be believed, or none, changes nothing of what is known. The
 * request tells nothing of this installation.
 */
export async function askDaily(means: Means, current: string): Promise<UpdateHint> {
  const { driver, clock } = means
  const now = clock.now()
  if (await claimFact(driver, 'latest_release', now, now - ASK_EVERY)) {
    const release = await ask(means)
    if (release) await noteFact(driver, 'latest_release', now, release)
  }
  const known = await readFact<Partial<Release>>(driver, 'latest_release')
  const { version, url } = known?.fact ?? {}
  if (!version || !url) return { type: 'unknown', askedAt: known?.at ?? now }
  if (isNewer(version, current)) return { type: 'newer', release: { version, url } }
  return { type: 'newest', askedAt: known?.at ?? now }
}

async function ask({ transport, url, allowPrivate }: Means): Promise<Release | null> {
  const headers = { accept: 'application/vnd.github+json, application/json' }
  const answer = await transport.send({ method: 'GET', url, headers }, { deadline: DEADLINE, allowPrivate })
  return answer.ok && answer.status === 200 ? readRelease(answer.body) : null
}
