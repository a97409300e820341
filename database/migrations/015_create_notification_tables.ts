import type { Knex } from 'knex'
import { SchemaWithInstants } from '#database/schema_with_instants'

const INSTANTS = ['created_at', 'updated_at'] as const

/**
 * What people hear of, and how. An event of the outbox becomes part of a matter (`notifications`) for each recipient, a
 * matter becomes messages (`deliveries`), a message has attempts.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('users', (table) => {
      table.string('locale', 8).nullable()
      table.string('time_zone', 64).nullable()
    })
    this.#choices()
    this.#matters()
    this.#messages()
  }

  /** What people chose: receivers, rules, quiet hours. */
  #choices() {
    this.schema.createTable('notification_channels', (table) => {
      this.#owned(table)
      table.enum('kind', ['email', 'webhook', 'slack_webhook', 'discord_webhook']).notNullable()
      table.string('name', 120).notNullable()
      // What may be shown: an address or a host. The URL and the signing secrets are sealed.
      table.string('target', 255).notNullable()
      table.text('secret').nullable()
      this.instant(table, 'failing_since').nullable()
      this.instant(table, 'last_delivered_at').nullable()
      this.instant(table, 'disabled_at').nullable()
      table.string('disabled_reason', 255).nullable()
      table.index(['organization_id'])
    })
    this.schema.createTable('notification_rules', (table) => {
      this.#owned(table)
      // Null: a rule of the organization, whose channels are ids of notification_channels.
      this.identifier(table, 'user_id').nullable().references('users.id').onDelete('CASCADE')
      table.string('name', 120).notNullable()
      for (const name of ['events', 'providers', 'tags', 'channels']) this.document(table, name, '[]')
      table.enum('severity', ['normal', 'high', 'urgent']).notNullable().defaultTo('normal')
      table.enum('scope', ['concerned', 'organization']).notNullable().defaultTo('concerned')
      table.enum('digest', ['none', 'hourly', 'daily']).notNullable().defaultTo('none')
      table.boolean('is_active').notNullable().defaultTo(true)
      table.index(['organization_id', 'user_id'])
    })
    this.schema.createTable('notification_preferences', (table) => {
      this.identifier(table, 'organization_id').references('organizations.id').onDelete('CASCADE')
      this.identifier(table, 'user_id').references('users.id').onDelete('CASCADE')
      // Wall clock times of the person's zone, such as 22:00.
      table.string('quiet_from', 5).nullable()
      table.string('quiet_until', 5).nullable()
      this.instant(table, 'updated_at').nullable()
      table.primary(['organization_id', 'user_id'])
    })
    this.schema.createTable('push_subscriptions', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'user_id').notNullable().references('users.id').onDelete('CASCADE')
      table.string('endpoint', 2048).notNullable().unique()
      table.string('p256dh', 255).notNullable()
      table.string('auth', 64).notNullable()
      table.string('device', 120).notNullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'last_delivered_at').nullable()
      table.index(['user_id'])
    })
  }

  #matters() {
    this.schema.createTable('notifications', (table) => {
      this.#owned(table)
      // `user:<id>` or `channel:<id>`.
      table.string('recipient', 64).notNullable()
      this.identifier(table, 'user_id').nullable().references('users.id').onDelete('CASCADE')
      this.identifier(table, 'channel_id')
        .nullable()
        .references('notification_channels.id')
        .onDelete('CASCADE')
      // Events with the same key belong to one matter as long as it is open.
      table.string('matter_key', 255).notNullable()
      table.string('event', 64).notNullable()
      table.string('provider', 64).nullable()
      table.string('cause', 64).nullable()
      table.enum('severity', ['normal', 'high', 'urgent']).notNullable()
      this.document(table, 'data', '{}')
      table.integer('count').notNullable().defaultTo(0)
      // Whether it stands in the person's inbox.
      table.boolean('in_inbox').notNullable().defaultTo(false)
      table.boolean('is_open').notNullable().defaultTo(true)
      this.instant(table, 'closes_at').notNullable()
      this.instant(table, 'read_at').nullable()
      this.instant(table, 'resolved_at').nullable()
    })
    this.schema.raw(
      `CREATE UNIQUE INDEX notifications_open_index ON notifications (organization_id, recipient, matter_key)
       WHERE is_open`
    )
    this.schema.raw(
      `CREATE INDEX notifications_inbox_index ON notifications (user_id, organization_id, updated_at)
       WHERE in_inbox`
    )
    this.schema.raw(
      `CREATE INDEX notifications_unread_index ON notifications (user_id, organization_id)
       WHERE in_inbox AND read_at IS NULL`
    )
    this.schema.createTable('notification_events', (table) => {
      this.#of(table, 'notification_id', 'notifications')
      this.identifier(table, 'event_id').notNullable()
      this.identifier(table, 'connection_id').nullable()
      table.primary(['notification_id', 'event_id'])
      table.index(['connection_id'])
    })
  }

  #messages() {
    this.schema.createTable('deliveries', (table) => {
      this.#owned(table)
      table.enum('channel', ['email', 'push', 'webhook', 'slack_webhook', 'discord_webhook']).notNullable()
      // `channel:<id>`, `push:<subscription id>` or `email:<user id>`.
      table.string('target', 64).notNullable()
      this.identifier(table, 'channel_id')
        .nullable()
        .references('notification_channels.id')
        .onDelete('CASCADE')
      this.identifier(table, 'user_id').nullable().references('users.id').onDelete('CASCADE')
      table.enum('state', ['waiting', 'delivered', 'dead', 'cancelled']).notNullable().defaultTo('waiting')
      // A digest that still waits takes further matters in.
      table.boolean('is_digest').notNullable().defaultTo(false)
      table.boolean('is_test').notNullable().defaultTo(false)
      this.instant(table, 'due_at').nullable()
      this.instant(table, 'lease_until').nullable()
      this.identifier(table, 'claim_id').nullable()
      table.integer('attempts').notNullable().defaultTo(0)
      // Frozen at the first attempt: every attempt says the same under the same id.
      this.document(table, 'message', null)
      table.integer('last_status').nullable()
      table.string('last_code', 64).nullable()
      this.instant(table, 'delivered_at').nullable()
      table.index(['organization_id', 'created_at'])
      table.index(['target', 'state'])
    })
    this.schema.raw("CREATE INDEX deliveries_due_index ON deliveries (due_at) WHERE state = 'waiting'")
    this.schema.createTable('delivery_items', (table) => {
      this.#of(table, 'notification_id', 'notifications')
      this.#of(table, 'delivery_id', 'deliveries')
      table.string('target', 64).notNullable()
      // One message for a matter and a receiver, whatever happens.
      table.primary(['notification_id', 'target'])
      table.index(['delivery_id'])
    })
    this.schema.createTable('delivery_attempts', (table) => {
      this.identifier(table, 'id').primary()
      this.#of(table, 'delivery_id', 'deliveries')
      this.instant(table, 'created_at').notNullable()
      table.integer('duration_ms').notNullable()
      table.integer('status').nullable()
      table.string('code', 64).nullable()
      table.string('answer', 500).nullable()
      table.index(['delivery_id', 'created_at'])
    })
  }

  #owned(table: Knex.CreateTableBuilder) {
    this.identifier(table, 'id').primary()
    this.#of(table, 'organization_id', 'organizations')
    this.instant(table, INSTANTS[0]).notNullable()
    this.instant(table, INSTANTS[1]).nullable()
  }

  #of(table: Knex.CreateTableBuilder, column: string, owner: string) {
    this.identifier(table, column).notNullable().references(`${owner}.id`).onDelete('CASCADE')
  }

  async down() {
    const tables = 'delivery_attempts delivery_items deliveries notification_events notifications'
    const chosen = 'push_subscriptions notification_preferences notification_rules notification_channels'
    for (const name of `${tables} ${chosen}`.split(' ')) this.schema.dropTable(name)
    this.schema.alterTable('users', (table) => table.dropColumns('locale', 'time_zone'))
  }
}
