import type { HttpContext } from '@adonisjs/core/http'
import User from '#models/user'

/** Somebody whose password was right and whose second factor is still to come. */
interface Pending {
  userId: string
  epoch: number
  returnTo: string
  /** Milliseconds. */
  since: number
}

const KEY = 'pending_sign_in'
const LIFETIME = 10 * 60_000

type Session = Pick<HttpContext, 'session'>

/** Remembers who is at the door, for ten minutes. The session is nobody's until the second factor is there. */
export function awaitSecondFactor({ session }: Session, user: User, returnTo: string, now: number): void {
  session.regenerate()
  const { id: userId, sessionEpoch: epoch } = user
  session.put(KEY, { userId, epoch, returnTo, since: now } satisfies Pending)
}

/** Who is at the door; null where nobody is, where ten minutes are over or the password was changed meanwhile. */
export async function waitingAtTheDoor(
  { session }: Session,
  now: number
): Promise<{ user: User; returnTo: string } | null> {
  const pending = session.get(KEY, null) as Pending | null
  if (!pending || now - pending.since > LIFETIME) return null
  const user = await User.find(pending.userId)
  return user?.sessionEpoch === pending.epoch ? { user, returnTo: pending.returnTo } : null
}

/** Nobody is at the door any more. */
export function leaveTheDoor({ session }: Session): void {
  session.forget(KEY)
}
