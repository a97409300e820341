import { column } from '@adonisjs/lucid/orm'
import db from '@adonisjs/lucid/services/db'
import type { LucidRow } from '@adonisjs/lucid/types/model'
import { DateTime } from 'luxon'

/**
 * The shape in which the current database keeps an instant: whole milliseconds on SQLite, `timestamptz` on PostgreSQL.
 * Use it for values in `where` clauses and raw updates; models convert by themselves.
 */
export function toInstant(value: DateTime | number, connection?: string): number | Date {
  const milliseconds = typeof value === 'number' ? value : value.toMillis()
  return db.connection(connection).dialect.name === 'postgres' ? new Date(milliseconds) : milliseconds
}

/** Reads an instant in either shape into a UTC `DateTime`. */
export function fromInstant(value: unknown): DateTime | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return DateTime.fromJSDate(value, { zone: 'utc' })
  return DateTime.fromMillis(Number(value), { zone: 'utc' })
}

/** Model column for an instant: a UTC `DateTime` with milliseconds, or null. */
export function instant(options: { autoCreate?: boolean; autoUpdate?: boolean } = {}) {
  return column.dateTime({
    ...options,
    consume: fromInstant,
    prepare: (value: DateTime | null | undefined, _name: string, row: LucidRow) =>
      value ? toInstant(value, row.$options?.connection) : null,
  })
}

/** Model column for a JSON document; null is SQL's. */
export function document() {
  return column({
    consume: (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value),
    prepare: (value: unknown) => (value === undefined || value === null ? value : JSON.stringify(value)),
  })
}

/** Model column for a yes or no; SQLite keeps it as 0 or 1. */
export function flag() {
  return column({ consume: (value: unknown) => value === true || value === 1 })
}
