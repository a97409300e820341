import { uuid } from '#models/uuid'
import type { ProviderRegistry } from '#oauth/registry'
import type { Clock, TokenSet } from '#oauth/types'
import * as sql from '#services/disconnect/disconnect_sql'
import { CLOSE_WINDOWS_OF } from '#services/campaigns/window_store'
import { moveTokens, type Moved } from '#services/disconnect/move_tokens'
import { insertRevocation, readDocument } from '#services/disconnect/revocation_row'
import type { RevocationOutcome, Revocations } from '#services/disconnect/revocations'
import type { RefreshReport } from '#services/refresh_report'
import type { TokenNews } from '#services/token_manager/token_news'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'
import type { Claim } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface DisconnectionDependencies {
  providers: ProviderRegistry
  vault: Vault
  driver: StoreDriver
  clock: Clock
  report: RefreshReport
  revocations: Pick<Revocations, 'send'>
  news?: Pick<TokenNews, 'publish'>
}

/** `none`: there was no token to end. `unreadable`: there was one that cannot be decrypted any more. */
export type Ended = RevocationOutcome | 'none' | 'unreadable'

/** What a disconnection came to; `children` are the accounts that went with it. */
export type DisconnectResult =
  | { ok: true; already: boolean; revocation: Ended; children: string[] }
  | { ok: false; reason: 'not_found' | 'derived' }

type Held =
  | { type: 'refused'; reason: 'not_found' | 'derived' }
  | { type: 'already' }
  | ({ type: 'moved'; children: string[] } & Moved)

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Ends connections. The row loses its tokens and gets a new generation in one transaction that also hands them to the
 * outbox of revocations, so that neither a crash nor a provider that is down leaves a live token forgotten.
 */
export class Disconnections {
  constructor(private readonly deps: DisconnectionDependencies) {}

  /**
   * Disconnects an account and those whose tokens derive from it, then asks its provider once to end the token. One that
   * derives from another is refused: only the other's end would end it. A second time changes nothing.
   */
  async disconnect(organizationId: string, id: string): Promise<DisconnectResult> {
    if (!UUID.test(id)) return { ok: false, reason: 'not_found' }
    const connectionId = id.toLowerCase()
    const held = await this.deps.driver.transaction(() => this.#hold(organizationId, connectionId))
    if (held.type === 'refused') return { ok: false, reason: held.reason }
    if (held.type === 'already') return { ok: true, already: true, revocation: 'none', children: [] }
    this.deps.news?.publish(organizationId, [connectionId, ...held.children])
    const outcomes: RevocationOutcome[] = []
    for (const revocation of held.revocations) outcomes.push(await this.deps.revocations.send(revocation))
    return { ok: true, already: false, revocation: summary(held, outcomes), children: held.children }
  }

  /**
   * An answer that came after its connection was disconnected: nothing keeps its tokens, so the provider is asked to end
   * them. Those of a connection that was meanwhile connected anew are left alone, for ending them might end the new grant.
   * Best effort: trouble is told and the caller's attempt ends as it would have.
   */
  async late(claim: Claim, tokens: TokenSet): Promise<void> {
    try {
      const id = await this.deps.driver.transaction(() => this.#late(claim, tokens))
      if (id !== null) await this.deps.revocations.send(id)
    } catch (error) {
      this.deps.report.trouble(error)
    }
  }

  *#hold(organizationId: string, id: string): Work<Held> {
    const { driver, providers, vault, clock } = this.deps
    const [row] = yield* all(sql.holdConnection(driver.dialect), [id, organizationId])
    if (!row) return { type: 'refused', reason: 'not_found' }
    if (row.status === 'disconnected') return { type: 'already' }
    if (row.parent_id !== null) return { type: 'refused', reason: 'derived' }
    const at = yield* now()
    const provider = providers.find(row.provider as string)
    const moved = yield* moveTokens({ row, provider, vault, newId: () => uuid(clock.now()), now: at })
    const rows: Row[] = yield* all(sql.readChildren(driver.dialect), [id])
    const children = rows.map((child) => child.id as string)
    yield* end(id, 'disconnected', at)
    for (const child of children) yield* end(child, 'parent_disconnected', at)
    return { type: 'moved', children, ...moved }
  }

  *#late(claim: Claim, tokens: TokenSet): Work<string | null> {
    const { driver, providers, vault, clock } = this.deps
    const [row] = yield* all(sql.holdById(driver.dialect), [claim.connectionId])
    const ended = !row || row.status === 'disconnected'
    if (!ended || row?.grant_generation === claim.grantGeneration) return null
    const provider = providers.find(claim.provider)
    const refresh = provider?.revokes === 'access_token' ? null : tokens.refresh_token
    const at = yield* now()
    const revocation = {
      id: uuid(clock.now()),
      organizationId: claim.organizationId,
      connectionId: claim.connectionId,
      provider: claim.provider,
      accountId: (row?.provider_account_id as string | undefined) ?? '',
      secret: refresh ?? tokens.access_token,
      hint: refresh ? ('refresh_token' as const) : ('access_token' as const),
      config: claim.config,
      metadata: row ? readDocument(row.metadata) : claim.metadata,
      expiresAt: refresh || tokens.expiresIn === null ? null : at + tokens.expiresIn,
    }
    yield* insertRevocation(vault, revocation, at)
    return revocation.id
  }
}

const WORST_FIRST: RevocationOutcome[] = ['later', 'given_up', 'unsupported', 'revoked']

function summary({ unreadable }: Moved, outcomes: readonly RevocationOutcome[]): Ended {
  if (unreadable) return 'unreadable'
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'none'
}

/** With the grant end the windows that were opened on it: after a reconnect each is granted anew. */
function* end(id: string, reason: string, at: number): Work<void> {
  yield* run(sql.DISCONNECT, [reason, at, id])
  yield* run(CLOSE_WINDOWS_OF, [at, at, id, at])
}
