import type { StoredAccount } from '#database/demo/accounts'
import { write } from '#database/demo/attempts'
import type { DemoPerson } from '#database/demo/cast_people'
import { pick } from '#database/demo/random'
import type { Stage } from '#database/demo/stage'
import { DAY, HOUR } from '#database/demo/times'
import { uuid } from '#models/uuid'
import type { AuditAction } from '#services/audit/actions'
import type { Value } from '#store/driver'

const INSERT = `INSERT INTO audit_events (id, organization_id, created_at, actor_kind, actor_id, actor_name, action,
    target_kind, target_id, target_name, ip, user_agent, request_id, outcome, status, changes, given, count)
  VALUES (?, ?, ?t, 'person', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '{}', 1)`

const DONE_TO_ACCOUNTS: AuditAction[] = [
  'connection.refresh',
  'connection.pause',
  'connection.resume',
  'connection.verify',
]
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const ENTRIES = 90

/** Writes what staff did in the last thirty days. */
export async function writeTrail(
  stage: Stage,
  organizationId: string,
  staff: readonly DemoPerson[],
  accounts: readonly StoredAccount[]
): Promise<void> {
  const { random, now, driver } = stage
  const actors = staff.filter(({ role }) => role === 'admin' || role === 'operator')
  const times = Array.from({ length: ENTRIES }, () => Math.round(now - HOUR - random() * 29 * DAY)).sort()
  const rows = times.map((at): Value[] => {
    const actor = pick(random, actors)
    const signsIn = random() < 0.35
    const account = pick(random, accounts)
    const action = signsIn ? 'session.sign_in' : pick(random, DONE_TO_ACCOUNTS)
    const target = signsIn
      ? ['member', actor.userId, actor.name]
      : ['connection', account.id, account.account.displayName]
    const isRefused = !signsIn && random() < 0.05
    return [
      ...[uuid(at), organizationId, at, actor.userId, actor.name, action, ...target],
      ...[`192.0.2.${10 + staff.indexOf(actor)}`, BROWSER, uuid(at), isRefused ? 'refused' : 'done'],
      ...[isRefused ? 409 : 303, changesOf(action, at)],
    ]
  })
  await write(driver, INSERT, rows)
}

function changesOf(action: AuditAction, at: number): string {
  if (action === 'connection.pause') return JSON.stringify({ paused_at: [null, at] })
  if (action === 'connection.resume') return JSON.stringify({ paused_at: [at - HOUR, null] })
  return '{}'
}
