import db from '@adonisjs/lucid/services/db'
import type { Qualifier } from '#services/account_filter/account_filter'

/** So many of the newest accounts are looked at: suggestions help, they do not list everything. */
const LOOKED_AT = 500
const COLUMNS: Readonly<Partial<Record<Qualifier, string>>> = {
  tag: 'tags',
  scope: 'scopes',
  owner: 'owner',
  error: 'error_code',
}

/** The values of a qualifier among the newest accounts of an organization, the most frequent first. */
export async function knownValues(organizationId: string, qualifier: Qualifier): Promise<string[]> {
  const column = COLUMNS[qualifier]
  if (!column) return []
  const rows: Record<string, unknown>[] = await db
    .from('connections')
    .where('organization_id', organizationId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(LOOKED_AT)
    .select(column)
  const counts = new Map<string, number>()
  const read = column === 'tags' || column === 'scopes' ? listOf : textOf
  for (const value of rows.flatMap((row) => read(row[column])))
    counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one).map(([value]) => value)
}

const textOf = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : [])

/** A list of texts in either database's shape. */
const listOf = (value: unknown): string[] =>
  (typeof value === 'string' ? JSON.parse(value) : value) as string[]
