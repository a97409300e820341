import type Connection from '#models/connection'
import Worker from '#models/worker'

/** Since when an account is being refreshed, and by which process; the host is null where that process is gone. */
export interface LeaseHolder {
  seconds: number
  worker: string | null
}

/** Who refreshes an account at this moment; null where nobody does. An attempt's id tells when it began (RFC 9562 §5.7). */
export async function leaseHolder(
  { attemptId, leaseUntil, workerId }: Pick<Connection, 'attemptId' | 'leaseUntil' | 'workerId'>,
  now: number
): Promise<LeaseHolder | null> {
  if (attemptId === null || leaseUntil === null || leaseUntil.toMillis() <= now) return null
  const since = Number.parseInt(attemptId.replaceAll('-', '').slice(0, 12), 16)
  const worker = workerId === null ? null : await Worker.find(workerId)
  return { seconds: Math.max(0, Math.round((now - since) / 1_000)), worker: worker?.host ?? null }
}
