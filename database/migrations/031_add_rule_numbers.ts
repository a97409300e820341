import { SchemaWithInstants } from '#database/schema_with_instants'

const NUMBERS = ['grant_days', 'retry_attempts', 'failed_percent', 'failed_accounts'] as const

/** The numbers that a rule of alerts names. Without one of its own it hears as everybody does, or not at all. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('notification_rules', (table) => {
      for (const name of NUMBERS) table.integer(name).nullable()
    })
  }

  /** Statement by statement: on SQLite the schema builder would make the table anew. */
  async down() {
    for (const name of NUMBERS) this.schema.raw(`ALTER TABLE notification_rules DROP COLUMN ${name}`)
  }
}
