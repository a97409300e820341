import { all, run, type Work } from '#store/driver'

const END_SESSIONS = 'UPDATE users SET session_epoch = session_epoch + 1 WHERE id = ?'
const EPOCH = 'SELECT session_epoch FROM users WHERE id = ?'

/** The number under which the person's sessions are open. */
export function* readEpoch(userId: string): Work<number> {
  const [row] = yield* all(EPOCH, [userId])
  return Number(row.session_epoch)
}

/**
 * Ends every session of a person at its next request, since the epoch stands in each (`page_session.ts`). The number under
 * which new ones are opened.
 */
export function* endSessions(userId: string): Work<number> {
  yield* run(END_SESSIONS, [userId])
  return yield* readEpoch(userId)
}
