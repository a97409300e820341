import Connection, { type ConnectionStatus } from '#models/connection'

export interface ConnectionFilter {
  provider?: string
  status?: ConnectionStatus
  owner?: string
}

const PAGE = 500

/** Walks an organization's connections in the order of their ids, a page at a time, so that a million need no memory. */
export async function* walkConnections(
  organizationId: string,
  filter: ConnectionFilter
): AsyncGenerator<Connection> {
  let after: string | null = null
  for (;;) {
    const query = Connection.query().where('organization_id', organizationId).orderBy('id').limit(PAGE)
    for (const [column, value] of Object.entries(filter)) if (value !== undefined) query.where(column, value)
    if (after !== null) query.where('id', '>', after)
    const page: Connection[] = await query
    yield* page
    if (page.length < PAGE) return
    after = page[page.length - 1].id
  }
}
