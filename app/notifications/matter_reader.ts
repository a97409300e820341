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

/** The accounts of matters in the order in which they came. Values: list of matters, how many of each. */
const accountsOf = (dialect: Dialect) => `SELECT notification_id, connection_id FROM (
    SELECT notification_id, connection_id, row_number() OVER (
      PARTITION BY notification_id ORDER BY min(CAST(event_id AS TEXT))) AS place
    FROM notification_events WHERE notification_id IN ${ids(dialect)} AND connection_id IS NOT NULL
    GROUP BY notification_id, connection_id) AS account
  WHERE place <= CAST(? AS INTEGER) ORDER BY notification_id, place`

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
    const accounts = await this.#accounts([...byId.keys()], listed)
    const named = await this.#names([...accounts.values()].flatMap((of) => of.slice(0, NAMED)))
    return found.map((row) => this.#toMatter(row, accounts.get(row.id as string) ?? [], named))
  }

  async #accounts(matterIds: readonly string[], listed: number): Promise<Map<string, string[]>> {
    const { driver } = this.deps
    const values = [JSON.stringify(matterIds), Math.max(NAMED, listed)]
    const accounts = new Map<string, string[]>(matterIds.map((id) => [id, []]))
    for (const row of await driver.read(accountsOf(driver.dialect), values)) {
      accounts.get(row.notification_id as string)?.push(row.connection_id as string)
    }
    return accounts
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
    const data = documentOf<Record<string, unknown>>(row.data, {})
    const concerned = provider ?? providerIn(data)
    const accounts = connectionIds.slice(0, NAMED).flatMap((id) => {
      const found = named.get(id)
      return found ? [{ ...found.account, isOwn: isTheirs(row, found) }] : []
    })
    return {
      id: row.id as string,
      event: row.event as EventName,
      severity: row.severity as Severity,
      provider,
      providerName: concerned && (this.deps.providerName?.(concerned, organization) ?? null),
      cause: row.cause as string | null,
      data,
      count: Number(row.count),
      accounts,
      connectionIds,
      firstAt: Number(row.created_at),
      lastAt: Number(row.updated_at),
    }
  }
}

/** An alert about figures has its provider in its subject (see `figures/alert_rules.ts`), since it is not about one's accounts. */
function providerIn({ subject }: Record<string, unknown>): string | null {
  return /^provider:(.+)$/.exec(String(subject))?.[1] ?? null
}
