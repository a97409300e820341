/** Ends every session of a person at its next request; the epoch stands in each (`page_session.ts`). Values: person. */
export const END_SESSIONS = 'UPDATE users SET session_epoch = session_epoch + 1 WHERE id = ?'
