import Connection from '#models/connection'
import { bearerChallenge } from '#oauth/challenge'
import { writeTransaction } from '#services/write_transaction'

/** The scopes that a resource server asked for and a connection has not, in its metadata: separated by spaces. */
const DEMANDED = 'demanded_scopes'

export type StepUp =
  | { ok: true; connectionId: string; scopes: string[] }
  /** `granted`: all that is demanded was granted before, so that another consent would change nothing. */
  | { ok: false; reason: 'not_found' | 'no_challenge' | 'granted' }

/**
 * Takes down what a resource server demands beyond the grant (RFC 6750 §3.1, `insufficient_scope`). `challenge` is the
 * `WWW-Authenticate` value of its 403. The next reconnect asks for the union of both, which is what comes back.
 */
export async function stepUp(
  organizationId: string,
  connectionId: string,
  challenge: string
): Promise<StepUp> {
  const asked = bearerChallenge(challenge)
  if (asked?.error !== 'insufficient_scope' || !asked.scopes) return { ok: false, reason: 'no_challenge' }
  const demanded = asked.scopes
  return writeTransaction(async (trx): Promise<StepUp> => {
    const where = { id: connectionId, organization_id: organizationId }
    // Changes nothing; it holds the row, so that no other report is overwritten.
    const held = await trx.from('connections').where(where).update({ id: connectionId })
    const connection = Number(held) > 0 ? await Connection.query({ client: trx }).where(where).first() : null
    if (!connection) return { ok: false, reason: 'not_found' }
    const scopes = scopesToAsk(connection)
    const union = [...new Set([...scopes, ...demanded])]
    if (union.every((scope) => connection.scopes.includes(scope))) return { ok: false, reason: 'granted' }
    const metadata = {
      ...connection.metadata,
      [DEMANDED]: union.filter((one) => !connection.scopes.includes(one)).join(' '),
    }
    await trx
      .from('connections')
      .where(where)
      .update({ metadata: JSON.stringify(metadata) })
    return { ok: true, connectionId, scopes: union }
  })
}

/** What a reconnect asks for beside the provider's own scopes: what was granted, and what was demanded since. */
export function scopesToAsk({ scopes, metadata }: Pick<Connection, 'scopes' | 'metadata'>): string[] {
  return [...new Set([...scopes, ...demandedScopes(metadata)])]
}

/** What a resource server demanded and the grant lacks. */
export function demandedScopes(metadata: Connection['metadata']): string[] {
  const text = (metadata as Record<string, unknown> | null)?.[DEMANDED]
  return typeof text === 'string' ? text.split(' ').filter((scope) => scope !== '') : []
}
