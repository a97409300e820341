import type { StoreDriver } from '#store/driver'
import { TOKEN_COLUMNS, toTokenRow, type TokenRow } from '#services/token_manager/token_row'

const BY_ID = `SELECT ${TOKEN_COLUMNS} FROM connections WHERE id = ? AND organization_id = ?`
const BY_OWNER = `SELECT ${TOKEN_COLUMNS} FROM connections
  WHERE organization_id = ? AND provider = ? AND owner = ? ORDER BY created_at DESC, id DESC LIMIT 50`
const ORGANIZATIONS = 'SELECT id FROM organizations LIMIT 2'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The committed rows that tokens are read from. Every statement names the organization. */
export class TokenRows {
  constructor(private readonly driver: Pick<StoreDriver, 'read'>) {}

  /** The connection of this id in this organization, or null. */
  async byId(organizationId: string, connectionId: string): Promise<TokenRow | null> {
    if (!UUID.test(connectionId) || !UUID.test(organizationId)) return null
    const [row] = await this.driver.read(BY_ID, [connectionId.toLowerCase(), organizationId.toLowerCase()])
    return row ? toTokenRow(row) : null
  }

  /**
   * What an owner has at a provider: connections of its own before those derived from them, and what is disconnected
   * only where there is nothing else (then the latest).
   */
  async byOwner(organizationId: string, provider: string, owner: string): Promise<TokenRow[]> {
    if (!UUID.test(organizationId)) return []
    const values = [organizationId.toLowerCase(), provider, owner]
    const rows = (await this.driver.read(BY_OWNER, values)).map(toTokenRow)
    const live = rows.filter(({ status }) => status !== 'disconnected')
    const roots = live.filter(({ parentId }) => parentId === null)
    return roots.length > 0 ? roots : live.length > 0 ? live : rows.slice(0, 1)
  }

  /** The id of the only organization; null where there are several or none. */
  async onlyOrganization(): Promise<string | null> {
    const rows = await this.driver.read(ORGANIZATIONS, [])
    return rows.length === 1 ? (rows[0].id as string) : null
  }
}
