import db from '@adonisjs/lucid/services/db'
import ProviderRow from '#models/provider'

/** The rows of added providers, as the catalogue reads and removes them. */
export const providerRows = {
  /** Every row of every organization, the oldest first. */
  all(): Promise<ProviderRow[]> {
    return ProviderRow.query().orderBy('id')
  },

  find(organizationId: string, key: string): Promise<ProviderRow | null> {
    return ProviderRow.query().where({ organizationId, key }).first()
  },

  /** Changes whenever a row is added, changed or removed, by whichever process. Each change moves `updated_at`. */
  async stamp(): Promise<string> {
    const milliseconds =
      db.connection().dialect.name === 'postgres'
        ? 'floor(extract(epoch FROM updated_at) * 1000)'
        : 'updated_at'
    const sql = `count(*) AS count, max(${milliseconds}) AS newest, sum(${milliseconds}) AS sum`
    const [row] = await db.from('providers').select(db.raw(sql))
    return `${row.count} ${row.newest} ${row.sum}`
  },

  /** Removes a row that no connection needs, with the state of its gate; returns how many connections need it. */
  async removeUnused({ id, organizationId }: ProviderRow, providerId: string): Promise<number> {
    const needed = db
      .from('connections')
      .select('id')
      .where({ organization_id: organizationId, provider: providerId })
    const removed = await db.from('providers').where({ id }).whereNotExists(needed.clone()).delete()
    if (Number(removed) > 0) await db.from('client_gates').where({ id: providerId }).delete()
    const [{ count }] = await needed.clone().clearSelect().count('* as count')
    return Number(count)
  },
}
