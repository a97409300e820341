import { ids } from '#notifications/dispatch_sql'
import { accountName, documentOf } from '#notifications/rows'
import type { EventName, Matter, NamedAccount, Severity } from '#notifications/types'
import type { Row, StoreDriver } from '#store/driver'

type Dialect = StoreDriver['dialect']

interface MatterReaderDependencies {
  driver: StoreDriver
  /** What people call a provider; null where nobody knows. An organization may have providers of its own. */
  providerName?: (provider: string, organizationId: string) => string | null
}

/** So many accounts are named, and so many are listed by id. */
const NAMED = 20
const LISTED = 10_000

/** Values: list of matters. */
const readMatters = (dialect: Dialect) => `SELECT * FROM notifications WHERE id IN ${ids(dialect)}`

/** The accounts of a matter in the order in which they came. Values: matter, how many. */
const ACCOUNTS = `SELECT e.connection_id, min(CAST(e.event_id AS TEXT)) AS first
  FROM notification_events AS e WHERE e.notification_id = ? AND e.connection_id IS NOT NULL
  GROUP BY e.connection_id ORDER BY first LIMIT ?`

/** Values: list of connections. */
const names = (
  dialect: Dialect
) => `SELECT id, provider, owner, owner_user_id, username, display_name, provider_account_id
  FROM connections WHERE id IN ${ids(dialect)}`

interface Owned {
  account: NamedAccount
  ownerUserId: string | null
}

/** Whether an account is the recipient's own, which they can connect again. What a receiver of the organization gets is its own. */
function isTheirs({ user_id: recipient }: Row, { ownerUserId }: Owned): boolean {
  return recipient === null || ownerUserId === recipient
}

/** Reads matters as messages and pages tell of them. */
export class MatterReader {
  constructor(private readonly deps: MatterReaderDependencies) {}

  /** In the order of the ids; matters that are no more are left out. `listed`: how many accounts are listed by id. */
  async matters(matterIds: readonly string[], { listed = LISTED } = {}): Promise<Matter[]> {
    const { driver } = this.deps
    const rows = await driver.read(readMatters(driver.dialect), [JSON.stringify(matterIds)])
    const byId = new Map(rows.map((row) => [row.id as string, row]))
    const found = matterIds.map((id) => byId.get(id)).filter((row) => row !== undefined)
    const accounts = await Promise.all(found.map(({ id }) => this.#accounts(id as string, listed)))
    const named = await this.#names(accounts.flatMap((of) => of.slice(0, NAMED)))
    return found.map((row, index) => this.#toMatter(row, accounts[index], named))
  }

  async #accounts(matterId: string, listed: number): Promise<string[]> {
    const rows = await this.deps.driver.read(ACCOUNTS, [matterId, Math.max(NAMED, listed)])
    return rows.map((row) => row.connection_id as string)
  }

  async #names(connectionIds: readonly string[]): Promise<Map<string, Owned>> {
    const { driver } = this.deps
    const rows = await driver.read(names(driver.dialect), [JSON.stringify([...new Set(connectionIds)])])
    return new Map(
      rows.map((row) => {
        const connectionId = row.id as string
        const account = { connectionId, provider: row.provider as string, name: accountName(row) }
        return [connectionId, { account, ownerUserId: row.owner_user_id as string | null }]
      })
    )
  }

  #toMatter(row: Row, connectionIds: readonly string[], named: ReadonlyMap<string, Owned>): Matter {
    const provider = row.provider as string | null
    const organization = row.organization_id as string
    const accounts = connectionIds.slice(0, NAMED).flatMap((id) => {
      const found = named.get(id)
      return found ? [{ ...found.account, isOwn: isTheirs(row, found) }] : []
    })
    return {
      id: row.id as string,
      event: row.event as EventName,
      severity: row.severity as Severity,
      provider,
      providerName: provider && (this.deps.providerName?.(provider, organization) ?? null),
      cause: row.cause as string | null,
      data: documentOf<Record<string, unknown>>(row.data, {}),
      count: Number(row.count),
      accounts,
      connectionIds,
      firstAt: Number(row.created_at),
      lastAt: Number(row.updated_at),
    }
  }
}
