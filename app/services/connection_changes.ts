import type { AuthorizationService } from '#services/campaigns/authorization_service'
import type { ConnectionService } from '#services/connection_service'
import type { Selected } from '#services/connection_selection'
import type { Disconnections } from '#services/disconnect/disconnections'

/** What people do to many connections at once. */
export const CHANGES = {
  pause: { done: 'paused', would: 'would_pause' },
  resume: { done: 'resumed', would: 'would_resume' },
  reactivate: { done: 'reactivated', would: 'would_reactivate' },
  disconnect: { done: 'disconnected', would: 'would_disconnect' },
  keep_alive: { done: 'set', would: 'would_set' },
} as const
export type ChangeName = keyof typeof CHANGES

/** What became of one connection, in the words of the command's JSON. */
export interface ChangeResult {
  connection_id: string
  provider: string
  username: string | null
  status: (typeof CHANGES)[ChangeName]['done' | 'would'] | 'failed'
  /** Why it failed, or what else is to be known of it. */
  reason: string | null
}

interface Doors {
  connections: Pick<ConnectionService, 'pause' | 'resume' | 'reactivate'>
  disconnections: Pick<Disconnections, 'disconnect'>
  windows: Pick<AuthorizationService, 'setKeepAlive'>
}

/** How a connection is kept alive (T3); null: as its provider's definition says. */
export type KeepAliveMode = Parameters<AuthorizationService['setKeepAlive']>[2]

/** Does one change to one connection. Expected refusals are results with status `failed`. `mode` is for `keep_alive`. */
export async function changeOne(
  { connections, disconnections, windows }: Doors,
  change: ChangeName,
  organizationId: string,
  selected: Selected,
  mode: KeepAliveMode = null
): Promise<ChangeResult> {
  const { id } = selected
  const say = (failed: boolean, reason: string | null): ChangeResult => ({
    ...identity(selected),
    status: failed ? 'failed' : CHANGES[change].done,
    reason,
  })
  if (change === 'disconnect') {
    const result = await disconnections.disconnect(organizationId, id)
    if (!result.ok) return say(true, result.reason)
    return say(false, result.already ? 'already' : result.revocation)
  }
  if (change === 'keep_alive') {
    const done = await windows.setKeepAlive({ organizationId, userId: null, role: 'admin' }, id, mode)
    return done.ok ? say(false, null) : say(true, done.reason)
  }
  const result = await connections[change](organizationId, id)
  if (!result.ok) return say(true, result.reason)
  return say(false, result.reconnect ? 'reconnect_needed' : null)
}

/** What a dry run says of one connection. */
export function wouldChange(change: ChangeName, selected: Selected): ChangeResult {
  return { ...identity(selected), status: CHANGES[change].would, reason: null }
}

/**
 * Works through the selection with so many at a time and tells each result as it comes. After the signal nothing new is
 * begun; what is under way is finished.
 */
export async function changeEach(
  selected: AsyncIterable<Selected>,
  change: (one: Selected) => Promise<ChangeResult>,
  means: { concurrency: number; signal?: AbortSignal; onResult: (result: ChangeResult) => void }
): Promise<void> {
  const iterator = selected[Symbol.asyncIterator]()
  const worker = async () => {
    while (!means.signal?.aborted) {
      const next = await iterator.next()
      if (next.done) return
      means.onResult(await change(next.value))
    }
  }
  await Promise.all(Array.from({ length: means.concurrency }, worker))
}

function identity({ id, provider, username }: Selected) {
  return { connection_id: id, provider, username }
}
