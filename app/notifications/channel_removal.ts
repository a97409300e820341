import * as sql from '#notifications/channel_sql'
import { documentOf } from '#notifications/rows'
import { all, now, run, type Work } from '#store/driver'

/**
 * Deletes a channel of an organization and takes it out of the rules that name it; a rule that named it alone stays, and
 * goes nowhere until somebody gives it another one. False where there is no such channel.
 */
export function* removeChannel(organizationId: string, id: string): Work<boolean> {
  if ((yield* run(sql.REMOVE, [organizationId, id])) === 0) return false
  const at = yield* now()
  for (const row of yield* all(sql.SHARED_RULES, [organizationId])) {
    const named = documentOf<string[]>(row.channels, [])
    if (!named.includes(id)) continue
    const others = JSON.stringify(named.filter((one) => one !== id))
    yield* run(sql.SET_RULE_CHANNELS, [others, at, row.id as string])
  }
  return true
}
