import { setTimeout as sleep } from 'node:timers/promises'

/** What has ended within so many milliseconds; null where it has not. What goes on meanwhile goes on. */
export async function endedWithin<T>(ended: Promise<T>, patience: number): Promise<T | null> {
  const enough = new AbortController()
  const waiting = sleep(patience, null, { signal: enough.signal }).catch(() => null)
  try {
    return await Promise.race([ended, waiting])
  } finally {
    enough.abort()
  }
}
