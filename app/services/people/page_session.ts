import type { HttpContext } from '@adonisjs/core/http'
import type Membership from '#models/membership'
import type User from '#models/user'
import { chosenAmong, membershipsOf } from '#services/membership_of'

/** The number that the person had when the session was opened; nothing stands for the first one. */
const EPOCH = 'session_epoch'
/** The organization that the person looks at. */
const ORGANIZATION = 'organization_id'

type Session = Pick<HttpContext, 'session'>

/** Who is signed in; null for nobody, and for sessions that a new password or a sign-out everywhere has ended. */
export async function signedInPerson({ auth, session }: HttpContext): Promise<User | null> {
  const guard = auth.use('web')
  if (!(await guard.check())) return null
  const user = guard.getUserOrFail()
  if (user.sessionEpoch === session.get(EPOCH, 0)) return user
  await guard.logout()
  session.clear()
  return null
}

/** Signs somebody in, under a new session id, so that one that was known before is worth nothing. */
export async function openSession({ auth, session }: HttpContext, user: User): Promise<void> {
  await auth.use('web').login(user)
  session.regenerate()
  session.put(EPOCH, user.sessionEpoch)
}

/** Keeps this session when all others of the person ended. */
export function keepSession({ session }: Session, epoch: number): void {
  session.regenerate()
  session.put(EPOCH, epoch)
}

/** Which organization the next pages are about. Whether the person belongs to it is asked at each request. */
export function rememberOrganization({ session }: Session, organizationId: string): void {
  session.put(ORGANIZATION, organizationId)
}

/** The signed-in person's places, and the one that the pages are about. */
export async function placesOf(
  { session }: Session,
  userId: string
): Promise<{ places: Membership[]; current: Membership | null }> {
  const places = await membershipsOf(userId)
  return { places, current: chosenAmong(places, session.get(ORGANIZATION)) }
}
