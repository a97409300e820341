import type { Matter, Message } from '#notifications/types'

const NAMED_ACCOUNTS = 100

/**
 * What a webhook says: `{ type, timestamp, data }` as Standard Webhooks recommends. The same for every attempt. A digest
 * holds such a body for each of its matters.
 */
export function webhookBody(message: Message): string {
  const { organizationId, matters, isDigest, isTest, createdAt } = message
  if (isTest) return JSON.stringify(event('test', createdAt, { organization_id: organizationId }))
  const items = matters.map((matter) => event(matter.event, matter.lastAt, dataOf(matter, organizationId)))
  const [only] = items
  if (!isDigest && items.length === 1) return JSON.stringify(only)
  return JSON.stringify(event('digest', createdAt, { organization_id: organizationId, items }))
}

function event(type: string, at: number, data: object) {
  return { type, timestamp: new Date(at).toISOString(), data }
}

function dataOf(matter: Matter, organizationId: string) {
  const { data, count, accounts, connectionIds, provider, cause, severity } = matter
  return {
    ...data,
    organization_id: organizationId,
    total: count,
    accounts: accounts.slice(0, NAMED_ACCOUNTS).map(({ connectionId, provider: of, name }) => ({
      connection_id: connectionId,
      provider: of,
      name,
    })),
    connection_ids: connectionIds,
    provider,
    cause,
    severity,
  }
}
