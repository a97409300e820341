import notificationSettings from '#config/notifications'
import type { Role } from '#models/membership'
import { uuid } from '#models/uuid'
import { Dispatcher } from '#notifications/dispatcher'
import type { ChannelKind, EventName } from '#notifications/types'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import type { Row, StoreDriver, Value } from '#store/driver'
import { campaignFixture, ORGANIZATION, type CampaignFixture } from '#tests/helpers/campaign_fixture'
import { testDatabaseFile } from '#tests/helpers/database'
import { postgresUrl, type Dialect, type TestClock } from '#tests/helpers/engine_fixture'
import { insert } from '#tests/helpers/log_fixture'

export { ELSEWHERE, ORGANIZATION } from '#tests/helpers/campaign_fixture'

/** A person with a role, as `person` returns them. */
export interface Somebody {
  organizationId: string
  userId: string
  role: Role
}

/**
 * The campaign fixture with people who hear of things, and the dispatcher that decides who hears of what. People, campaigns
 * and accounts come from there: `person('streamer')`, `campaign(name, connections, masters)`, `channel(account, owner)`.
 */
export interface NotificationFixture extends CampaignFixture {
  /** A driver of its own, as the notifications have. */
  driver: StoreDriver
  dispatcher: Dispatcher
  /** Another dispatcher on the same database, as another process would have. */
  otherDispatcher(): Dispatcher
  /** Quiet hours of a person: `quiet_from`, `quiet_until`. */
  prefer(person: Somebody, values: Record<string, Value>): Promise<void>
  /** A receiver of the organization. Nothing is sealed in it unless `secret` is given. */
  receiver(kind: ChannelKind, values?: Record<string, Value>): Promise<string>
  /** A rule of a person, or of the organization where `person` is null; lists may be given as they are. */
  rule(person: Somebody | null, values?: Record<string, Value | string[]>): Promise<string>
  /** A browser that a person subscribed. */
  device(person: Somebody, values?: Record<string, Value>): Promise<string>
  /** Puts an event into the outbox as a settlement does; each is a millisecond younger than the one before. */
  event(name: EventName | string, values?: EventValues): Promise<string>
  /** Deliveries with the ids of their matters, oldest first. */
  deliveries(where?: Record<string, Value>): Promise<Row[]>
  matters(where?: Record<string, Value>): Promise<Row[]>
}

interface EventValues {
  connectionId?: string | null
  provider?: string | null
  severity?: 'normal' | 'high' | 'urgent'
  data?: Record<string, unknown>
  organizationId?: string
  dedupeKey?: string
  at?: number
}

/** On SQLite or PostgreSQL, with the clock, engine and provider (`acme`) of the campaign fixture. */
export async function notificationFixture(
  dialect: Dialect,
  cleanup: (work: () => Promise<void>) => void
): Promise<NotificationFixture> {
  const fixture = await campaignFixture(dialect, cleanup)
  const { clock, all } = fixture
  const driver = openDriver(dialect, clock)
  cleanup(() => driver.close())
  const dispatcher = () => new Dispatcher({ driver, clock, settings: notificationSettings })
  return {
    ...fixture,
    ...{ driver, dispatcher: dispatcher(), otherDispatcher: dispatcher },
    ...choices(fixture),
    event: outbox(fixture),
    deliveries: async (where = {}) => {
      const found = await all(...select('deliveries', where))
      const items = await all('SELECT * FROM delivery_items')
      return found.map((delivery) => ({
        ...delivery,
        matters: items.filter((one) => one.delivery_id === delivery.id).map((one) => one.notification_id),
      }))
    },
    matters: (where = {}) => all(...select('notifications', where)),
  }
}

function openDriver(dialect: Dialect, clock: TestClock): StoreDriver {
  return dialect === 'sqlite'
    ? openSqliteDriver(testDatabaseFile(), clock)
    : openPostgresDriver(postgresUrl ?? '', clock)
}

function select(table: string, where: Record<string, Value>): [string, Value[]] {
  const conditions = Object.keys(where).map((name) => `${name} = ?`)
  const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  return [`SELECT * FROM ${table} ${filter} ORDER BY created_at, id`, Object.values(where)]
}

function choices(fixture: CampaignFixture) {
  const created = (values: object) => ({ created_at: fixture.clock.now(), ...values })
  return {
    async prefer({ organizationId, userId }: Somebody, values: Record<string, Value>) {
      const columns = { organization_id: organizationId, user_id: userId, ...values }
      const names = Object.keys(columns)
      const marks = names.map(() => '?').join(', ')
      await fixture.run(
        `INSERT INTO notification_preferences (${names.join(', ')}) VALUES (${marks})`,
        Object.values(columns)
      )
    },
    receiver: (kind: ChannelKind, values: Record<string, Value> = {}) =>
      insert(
        fixture,
        'notification_channels',
        created({ organization_id: ORGANIZATION, kind, name: kind, target: 'receiver.example', ...values })
      ),
    rule: (person: Somebody | null, values: Record<string, Value | string[]> = {}) => {
      const lists = { events: [], providers: [], tags: [], channels: person ? ['inbox'] : [] }
      const columns = {
        ...{ organization_id: person?.organizationId ?? ORGANIZATION, user_id: person?.userId ?? null },
        ...{ name: 'rule', ...lists, ...values },
      }
      const stored = Object.entries(columns).map(([name, value]) => [
        name,
        Array.isArray(value) ? JSON.stringify(value) : value,
      ])
      return insert(fixture, 'notification_rules', created(Object.fromEntries(stored)))
    },
    device: ({ userId }: Somebody, values: Record<string, Value> = {}) =>
      insert(
        fixture,
        'push_subscriptions',
        created({
          ...{ user_id: userId, endpoint: `https://push.example/${uuid()}` },
          ...{ p256dh: 'p256dh', auth: 'auth', device: 'Firefox on Linux', ...values },
        })
      ),
  }
}

function outbox(fixture: CampaignFixture): NotificationFixture['event'] {
  let count = 0
  return async (name, values = {}) => {
    const at = values.at ?? fixture.clock.now()
    count += 1
    // Ids sort by time. A test's clock stands still, so each event gets a millisecond of its own.
    const id = uuid(at + count)
    const connection = values.connectionId ? await fixture.row(values.connectionId) : null
    await insert(fixture, 'events', {
      ...{ id, organization_id: values.organizationId ?? ORGANIZATION },
      connection_id: values.connectionId ?? null,
      provider: values.provider === undefined ? ((connection?.provider as string) ?? null) : values.provider,
      ...{ name, severity: values.severity ?? 'high', data: JSON.stringify(values.data ?? {}) },
      ...{ dedupe_key: values.dedupeKey ?? `${name}:${id}`, created_at: at },
    })
    return id
  }
}
