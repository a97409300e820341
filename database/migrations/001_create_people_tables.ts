import { SchemaWithInstants } from '#database/schema_with_instants'

export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('organizations', (table) => {
      this.identifier(table, 'id').primary()
      table.string('slug', 64).notNullable().unique()
      table.string('name', 255).notNullable()
      this.instant(table, 'created_at').notNullable()
    })

    this.schema.createTable('users', (table) => {
      this.identifier(table, 'id').primary()
      table.string('email', 254).notNullable().unique()
      table.string('full_name', 255).nullable()
      table.string('password', 255).notNullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'updated_at').nullable()
    })

    this.schema.createTable('memberships', (table) => {
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      this.identifier(table, 'user_id').notNullable().references('users.id').onDelete('CASCADE')
      table.enum('role', ['admin', 'operator', 'game_master', 'streamer', 'viewer']).notNullable()
      this.instant(table, 'created_at').notNullable()
      table.primary(['organization_id', 'user_id'])
      table.index(['user_id'])
    })

    this.schema.createTable('sessions', (table) => {
      table.string('id').primary()
      table.text('data').notNullable()
      table.string('user_id').nullable().index()
      table.timestamp('expires_at').notNullable().index()
    })
  }

  async down() {
    for (const name of ['sessions', 'memberships', 'users', 'organizations']) this.schema.dropTable(name)
  }
}
