import type { StoredAccount } from '#database/demo/accounts'
import type { DemoPerson } from '#database/demo/cast_people'
import { dueOf } from '#database/demo/condition_columns'
import type { Stage } from '#database/demo/stage'
import { DAY, MINUTE } from '#database/demo/times'
import { NO_NUMBERS } from '#notifications/rule_numbers'
import { run, type Work } from '#store/driver'
import { tell } from '#token_refresh/outbox'
import { transitionEvent } from '#token_refresh/transition_events'

/** Tables that hold what people were told, with their instants. */
const TOLD: Record<string, string[]> = {
  events: ['created_at', 'dispatched_at'],
  notifications: ['created_at', 'updated_at', 'closes_at'],
  deliveries: ['created_at', 'updated_at', 'delivered_at', 'due_at'],
  delivery_attempts: ['created_at'],
}

/**
 * Tells people of the accounts that were given up, each at its time: the real path from the event to the webhook of the
 * organization, moved to the past when it is through.
 */
export async function tellNews(
  stage: Stage,
  { organizationId, admin, receiver }: { organizationId: string; admin: DemoPerson; receiver: string },
  accounts: readonly StoredAccount[]
): Promise<void> {
  await addWebhook(stage, { organizationId, userId: admin.userId, receiver })
  const troubled = accounts.filter(({ account }) => ['reconnect', 'suspended'].includes(account.condition))
  for (const account of troubled) {
    const at = account.account.condition === 'suspended' ? stage.now - 3 * DAY : refusedAt(account)
    const mark = stage.engine.clock.now()
    await stage.driver.transaction(function* (): Work<void> {
      const { sql, values } = tell(eventOf(account), mark)
      yield* run(sql, values)
    })
    await stage.notifications.dispatcher.tick()
    await stage.driver.transaction(() =>
      run("UPDATE deliveries SET due_at = ?t WHERE state = 'waiting'", [mark])
    )
    await stage.notifications.notifier.tick()
    await moveBack(stage, mark, mark - at)
  }
}

/** The second refusal gives an account up. */
const refusedAt = (account: StoredAccount) => dueOf(account, account.columns) + 15 * MINUTE

async function addWebhook(
  { notifications }: Stage,
  { organizationId, userId, receiver }: { organizationId: string; userId: string; receiver: string }
): Promise<void> {
  const made = await notifications.channels.create(organizationId, {
    kind: 'webhook',
    name: 'Operations',
    target: targetAt(receiver),
  })
  if (!made.ok) throw new Error(made.problems.map(({ message }) => message).join(' '))
  const rule = {
    name: 'Everything urgent to operations',
    ...{ events: [], providers: [], tags: [], channels: [made.id] },
    numbers: NO_NUMBERS,
    ...{ severity: 'urgent' as const, scope: 'organization' as const, digest: 'none' as const },
    isActive: true,
  }
  const actor = { organizationId, userId, role: 'admin' as const }
  const saved = await notifications.rules.create(actor, rule, { ofOrganization: true })
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems))
}

const targetAt = (receiver: string) => `${receiver}/hooks/operations`

/** Leads the webhooks of an earlier demo to where they are taken now. */
export async function leadWebhooks({ notifications, driver }: Stage, receiver: string): Promise<void> {
  const webhooks = "SELECT id, organization_id FROM notification_channels WHERE kind = 'webhook'"
  for (const { id, organization_id: organization } of await driver.read(webhooks, []))
    await notifications.channels.update(organization as string, id as string, { target: targetAt(receiver) })
}

function eventOf(account: StoredAccount) {
  const { id, organizationId, provider, refusal, suspension, columns } = account
  const isSuspended = account.account.condition === 'suspended'
  const cause = isSuspended ? 'suspended' : 'rejected'
  const event = transitionEvent(isSuspended ? 'suspended' : 'deactivated', {
    organizationId,
    connectionId: id,
    provider: provider.id,
    mark: `demo:${id}`,
    cause,
    wasTold: false,
    about: {
      failure: cause,
      code: refusal.code,
      description: isSuspended ? suspension : refusal.message,
      expiresAt: columns.token_expires_at,
    },
  })
  if (!event) throw new Error('A transition that gives an account up has an event')
  return event
}

async function moveBack({ driver }: Stage, since: number, by: number): Promise<void> {
  await driver.transaction(function* (): Work<void> {
    for (const [table, columns] of Object.entries(TOLD)) {
      const moved = columns.map((column) => `${column} = ${column} - ${Math.round(by)}`)
      yield* run(`UPDATE ${table} SET ${moved.join(', ')} WHERE created_at >= ?t`, [since])
    }
  })
}
