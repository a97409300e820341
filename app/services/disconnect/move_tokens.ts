import { fromInstant } from '#models/columns'
import type { Provider } from '#oauth/types'
import { insertRevocation, readDocument, type NewRevocation } from '#services/disconnect/revocation_row'
import { type Row, type Work } from '#store/driver'
import type { Vault } from '#vault/vault'

export interface MoveInput {
  row: Row
  /** Null where the definition is gone: then the definition's return is waited for. */
  provider: Provider | null
  vault: Vault
  newId: () => string
  now: number
}

/** `unreadable`: a token is there, but nobody can open it, so nobody can show it to the provider. */
export interface Moved {
  revocations: string[]
  unreadable: boolean
}

type Column = 'access_token' | 'refresh_token' | 'spare_refresh_token'

/**
 * Hands the tokens of a connection that is about to be disconnected over to the outbox, in the same transaction: the one
 * by which the provider ends the whole grant, and the spare, which may be the only live one.
 */
export function* moveTokens(input: MoveInput): Work<Moved> {
  const { row, vault, now } = input
  const moved: Moved = { revocations: [], unreadable: false }
  if (row.token_type !== 'oauth2') return moved
  for (const column of presentedColumns(row, input.provider?.revokes ?? 'refresh_token')) {
    const revocation = open(input, column)
    if (revocation === null) moved.unreadable = true
    else {
      yield* insertRevocation(vault, revocation, now)
      moved.revocations.push(revocation.id)
    }
  }
  return moved
}

function presentedColumns(row: Row, revokes: Provider['revokes']): Column[] {
  const order: Column[] =
    revokes === 'access_token' ? ['access_token', 'refresh_token'] : ['refresh_token', 'access_token']
  const first = order.find((column) => row[column] !== null)
  const spare: Column[] = row.spare_refresh_token === null ? [] : ['spare_refresh_token']
  return first === undefined ? spare : [first, ...spare]
}

function open({ row, vault, newId }: MoveInput, column: Column): NewRevocation | null {
  const [connectionId, organizationId] = [row.id as string, row.organization_id as string]
  // The spare is sealed as the refresh token that it will become.
  const sealedAs = column === 'spare_refresh_token' ? 'refresh_token' : column
  const opened = vault.open(row[column] as string, { organizationId, connectionId, column: sealedAs })
  if (!opened.ok) return null
  return {
    id: newId(),
    organizationId,
    connectionId,
    provider: row.provider as string,
    accountId: row.provider_account_id as string,
    secret: opened.secret,
    hint: sealedAs,
    config: readDocument(row.config),
    metadata: readDocument(row.metadata),
    expiresAt: sealedAs === 'access_token' ? millis(row.token_expires_at) : null,
  }
}

function millis(value: unknown): number | null {
  return fromInstant(value)?.toMillis() ?? null
}
