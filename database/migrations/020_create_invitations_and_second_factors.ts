import { SchemaWithInstants } from '#database/schema_with_instants'

/** How people come in: by invitation, and past a second factor where they have one. */
export default class extends SchemaWithInstants {
  async up() {
    // A session that was opened under an older number than its person's has ended.
    this.schema.alterTable('users', (table) => void table.integer('session_epoch').notNullable().defaultTo(0))

    this.schema.createTable('invitations', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.string('email', 254).notNullable()
      table.enum('role', ['admin', 'operator', 'game_master', 'streamer', 'viewer']).notNullable()
      table.string('token_hash', 64).notNullable().unique()
      this.identifier(table, 'invited_by').nullable().references('users.id').onDelete('SET NULL')
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'expires_at').notNullable()
      this.instant(table, 'accepted_at').nullable()
      this.instant(table, 'withdrawn_at').nullable()
    })
    this.schema.raw(
      `CREATE UNIQUE INDEX invitations_open_index ON invitations (organization_id, email)
       WHERE accepted_at IS NULL AND withdrawn_at IS NULL`
    )

    this.schema.createTable('two_factors', (table) => {
      // The person's id: a sealed value is bound to it.
      this.identifier(table, 'id').primary().references('users.id').onDelete('CASCADE')
      table.text('secret').notNullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'confirmed_at').nullable()
      // The time step (RFC 6238 §4.2) of the newest code that was accepted: no code is accepted twice.
      table.bigInteger('last_step').nullable()
    })

    this.schema.createTable('recovery_codes', (table) => {
      this.identifier(table, 'user_id').notNullable().references('users.id').onDelete('CASCADE')
      table.string('code_hash', 64).notNullable()
      this.instant(table, 'used_at').nullable()
      table.primary(['user_id', 'code_hash'])
    })
  }

  async down() {
    for (const name of ['recovery_codes', 'two_factors', 'invitations']) this.schema.dropTable(name)
    this.schema.alterTable('users', (table) => table.dropColumn('session_epoch'))
  }
}
