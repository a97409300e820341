import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import type Connection from '#models/connection'
import type Organization from '#models/organization'
import type User from '#models/user'
import { uuid } from '#models/uuid'

const HOUR = 3_600_000

interface MatterValues {
  event?: string
  severity?: 'normal' | 'high' | 'urgent'
  connections?: readonly Connection[]
  /** How many it is about, where that is more than the connections given. */
  count?: number
  cause?: string | null
  provider?: string | null
  data?: object
  /** How long ago it came up. */
  ago?: number
  read?: boolean
  resolved?: boolean
}

/** A matter in somebody's inbox, with its events, as the dispatcher leaves it. */
export async function aMatter(user: User, organization: Organization, values: MatterValues = {}) {
  const { connections = [], ago = 60_000 } = values
  const at = Date.now() - ago
  const id = uuid(at)
  await db.table('notifications').insert({
    ...{ id, organization_id: organization.id, recipient: `user:${user.id}`, user_id: user.id },
    ...{ matter_key: `matter-${id}`, event: values.event ?? 'connection.deactivated' },
    provider: values.provider === undefined ? (connections[0]?.provider ?? null) : values.provider,
    cause: values.cause === undefined ? 'rejected' : values.cause,
    severity: values.severity ?? 'urgent',
    data: JSON.stringify(values.data ?? { cause: 'rejected' }),
    count: values.count ?? Math.max(1, connections.length),
    ...{ in_inbox: true, is_open: !values.resolved, closes_at: toInstant(at + HOUR) },
    read_at: values.read ? toInstant(at) : null,
    resolved_at: values.resolved ? toInstant(at) : null,
    ...{ created_at: toInstant(at), updated_at: toInstant(at) },
  })
  for (const connection of connections) {
    const event = uuid(at)
    await db.table('notification_events').insert({
      notification_id: id,
      event_id: event,
      connection_id: connection.id,
    })
  }
  return id
}

/** A message to a channel, or to a person. */
export async function aDelivery(organization: Organization, values: Record<string, unknown> = {}) {
  const { instants = {}, ...columns } = values as { instants?: Record<string, number> }
  const at = Date.now() - 60_000
  const id = uuid(at)
  const moments = Object.entries({ created_at: at, updated_at: at, ...instants })
  await db.table('deliveries').insert({
    ...{ id, organization_id: organization.id, channel: 'webhook', target: `channel:${id}` },
    ...{ state: 'waiting', is_test: false, is_digest: false, attempts: 0 },
    ...Object.fromEntries(moments.map(([name, value]) => [name, toInstant(value)])),
    ...columns,
  })
  return id
}

/** An attempt to deliver it, with what the receiver said. */
export async function anAttemptOf(delivery: string, values: Record<string, unknown> = {}) {
  await db.table('delivery_attempts').insert({
    ...{ id: uuid(), delivery_id: delivery, created_at: toInstant(Date.now() - 30_000), duration_ms: 48 },
    ...{ status: 200, code: null, answer: null, ...values },
  })
}
