import { createHash } from 'node:crypto'
import { TARGETS, type ColumnKind, type Target, type TargetKind } from '#services/audit/targets'
import type { Changes } from '#services/audit/types'
import type { Row, StoreDriver } from '#store/driver'

/** What may be told of a row at one moment. */
export interface Snapshot {
  name: string | null
  fields: Record<string, unknown>
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Keys that people write; every other one is an id, and PostgreSQL refuses to compare an id with other text. */
const WRITTEN = new Set(['name', 'key'])
const LONGEST_VALUE = 500

/** The target's own id among the parameters of a request; null where the request does not name it. */
export function targetIdOf(kind: TargetKind, params: Readonly<Record<string, unknown>>): string | null {
  const value = params[Object.values(TARGETS[kind].key).at(-1) as string]
  return typeof value === 'string' && value !== '' ? value.slice(0, 64) : null
}

/** The row that the parameters name, if this organization has it. Told as it is now, without secrets. */
export async function readSnapshot(
  driver: Pick<StoreDriver, 'read'>,
  kind: TargetKind,
  params: Readonly<Record<string, unknown>>,
  organizationId: string
): Promise<Snapshot | null> {
  const target: Target = TARGETS[kind]
  const key = Object.entries(target.key).map(([column, param]) => [column, keyValue(column, params[param])])
  if (key.some(([, value]) => value === null)) return null
  const conditions = key.map(([column]) => `${column} = ?`).join(' AND ')
  const sql = `SELECT ${Object.keys(target.columns).join(', ')}, ${target.name} AS audit_name
    FROM ${target.table} WHERE ${conditions} AND ${target.scope}`
  const [row] = await driver.read(sql, [...key.map(([, value]) => value), organizationId])
  return row ? toSnapshot(row, target) : null
}

function keyValue(column: string, value: unknown): string | null {
  if (typeof value !== 'string') return null
  if (WRITTEN.has(column)) return value.replaceAll('\0', '').slice(0, 64) || null
  return UUID.test(value) ? value.toLowerCase() : null
}

function toSnapshot(row: Row, { columns }: Target): Snapshot {
  const fields = Object.entries(columns).map(([column, kind]) => [column, told(row[column], kind)])
  const name = row.audit_name
  return { name: typeof name === 'string' ? name : null, fields: Object.fromEntries(fields) }
}

function told(value: unknown, kind: ColumnKind): unknown {
  if (value === null || value === undefined) return null
  if (kind === 'flag') return Boolean(value)
  if (kind === 'instant') return new Date(Number(value)).toISOString()
  if (kind === 'document') return cut(typeof value === 'string' ? JSON.parse(value) : value)
  if (kind === 'digest') return `#${digestOf(value)}`
  return typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value
}

/** Tells whether two values are the same one, and nothing else of them. */
function digestOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function cut(document: unknown): unknown {
  const text = JSON.stringify(document)
  return text.length <= LONGEST_VALUE ? document : `${text.slice(0, LONGEST_VALUE)}…`
}

/** The fields that differ, each with what it was and what it is. */
export function difference(before: Snapshot | null, after: Snapshot | null): Changes {
  const names = Object.keys(after?.fields ?? before?.fields ?? {})
  const pairs = names.map((name): [string, [unknown, unknown]] => [
    name,
    [before?.fields[name] ?? null, after?.fields[name] ?? null],
  ])
  return Object.fromEntries(pairs.filter(([, [was, is]]) => JSON.stringify(was) !== JSON.stringify(is)))
}
