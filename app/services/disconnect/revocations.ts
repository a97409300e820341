import type { Discovery } from '#oauth/discovery'
import type { ProviderRegistry } from '#oauth/registry'
import { RequestError } from '#oauth/template'
import { revocationRequest } from '#oauth/token_endpoint'
import type { Secret } from '#oauth/secret'
import type { Clock, Failure, OutgoingRequest, Provider, Random, Transport } from '#oauth/types'
import * as sql from '#services/disconnect/disconnect_sql'
import { judgeRevocation, type Verdict } from '#services/disconnect/judge_revocation'
import { revocationPlace, toRevocation, type Revocation } from '#services/disconnect/revocation_row'
import type { RefreshReport } from '#services/refresh_report'
import { backoff } from '#token_refresh/backoff'
import { all, now, run, type StoreDriver } from '#store/driver'
import { READ_QUARANTINE } from '#token_refresh/store_sql'
import type { RefreshTiming } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface RevocationDependencies {
  providers: ProviderRegistry
  vault: Vault
  driver: StoreDriver
  transport: Transport
  discovery: Pick<Discovery, 'resolve'>
  report: RefreshReport
  clock: Clock
  random: Random
  timing: RefreshTiming
  requestDeadline: number
}

/**
 * `revoked`: the provider ended the token, or it was dead already. `later`: it may still live and is tried again.
 * `unsupported`: the provider ends no tokens on request. `given_up`: tried for a week, or the account was connected
 * again, whose new grant the old token's revocation might end.
 */
export type RevocationOutcome = 'revoked' | 'later' | 'unsupported' | 'given_up'

/** Longer than a request with a discovery before it. A process that dies leaves its revocation to the next after this. */
const TAKEN_FOR = 2 * 60_000
/** A fault that time alone does not cure is looked at again after this. */
const SELDOM = 60 * 60_000
const PATIENCE = 7 * 24 * 60 * 60_000
const MOST_AT_A_TIME = 100
const AT_ONCE = 4

/**
 * The outbox of tokens that providers have to end (RFC 7009). Each row is the only copy of its token; it goes when the
 * provider has accepted the revocation or when it is given up, and never before.
 */
export class Revocations {
  readonly #running = new Set<Promise<unknown>>()

  constructor(private readonly deps: RevocationDependencies) {}

  /** Tries one now. `later` also where another process is at it, or where this database may be a copy. */
  send(id: string): Promise<RevocationOutcome> {
    const sending = this.#send(id)
    this.#running.add(sending)
    return sending.finally(() => this.#running.delete(sending))
  }

  /** Tries what is due, a hundred at most; tells how many were tried. */
  async takeUp(): Promise<number> {
    const { driver, clock } = this.deps
    const rows = await driver.read(sql.READ_DUE, [clock.now(), MOST_AT_A_TIME])
    const waiting = rows.map((row) => row.id as string)
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await this.send(id)
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, rows.length) }, worker))
    return rows.length
  }

  /** Waits for what is under way. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  async #send(id: string): Promise<RevocationOutcome> {
    const taken = await this.#take(id)
    if (taken === null) return 'later'
    const { revocation, at, reconnected } = taken
    if (reconnected) return this.#end(revocation, 'given_up', 'reconnected')
    if (revocation.expiresAt !== null && revocation.expiresAt <= at) {
      return this.#end(revocation, 'revoked', 'expired')
    }
    const verdict = await this.#ask(revocation)
    if (verdict === 'unsupported') return this.#end(revocation, 'unsupported', 'no_endpoint')
    if (verdict.type === 'dead') return this.#end(revocation, 'revoked', 'accepted')
    const { failure } = verdict
    if (at - revocation.createdAt >= PATIENCE) return this.#end(revocation, 'given_up', failure.code)
    const { driver, report } = this.deps
    const next = at + this.#delay(revocation, failure)
    await driver.transaction(() => run(sql.POSTPONE, [next, failure.code.slice(0, 255), id]))
    report.revocation(revocation, 'later', failure.code)
    return 'later'
  }

  /** Takes a revocation and looks at its account, in one transaction; null where there is nothing to do now. */
  #take(id: string) {
    return this.deps.driver.transaction(function* () {
      const at = yield* now()
      if ((yield* all(READ_QUARANTINE, [])).length > 0) return null
      const [row] = yield* all(sql.TAKE_REVOCATION, [at + TAKEN_FOR, id, at])
      if (!row) return null
      const revocation = toRevocation(row)
      const { organizationId, provider, accountId } = revocation
      const living = yield* all(sql.READ_RECONNECTED, [organizationId, provider, accountId])
      return { revocation, at, reconnected: living.length > 0 }
    })
  }

  async #ask(revocation: Revocation): Promise<Verdict | 'unsupported'> {
    const { vault, providers, discovery } = this.deps
    const provider = providers.find(revocation.provider)
    if (!provider) return lives('no_definition')
    const opened = vault.open(revocation.token, revocationPlace(revocation))
    if (!opened.ok) return lives(opened.reason)
    const resolved = await discovery.resolve(provider)
    if (!resolved.ok) return { type: 'lives', failure: resolved.failure }
    const { hint, config, metadata } = revocation
    const query = { provider, token: opened.secret, hint, config, metadata }
    try {
      const request = revocationRequest(query, resolved.server)
      return request === null ? 'unsupported' : await this.#exchange(provider, request, opened.secret)
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      return { type: 'lives', failure: error.failure }
    }
  }

  async #exchange(provider: Provider, request: OutgoingRequest, token: Secret): Promise<Verdict> {
    const { transport, requestDeadline } = this.deps
    const options = { deadline: requestDeadline, allowPrivate: provider.allowPrivate }
    return judgeRevocation(provider, request, await transport.send(request, options), token)
  }

  async #end<T extends RevocationOutcome>(revocation: Revocation, outcome: T, reason: string): Promise<T> {
    const { driver, report } = this.deps
    await driver.transaction(() => run(sql.DELETE_REVOCATION, [revocation.id]))
    report.revocation(revocation, outcome, reason)
    return outcome
  }

  #delay({ attempts }: Revocation, failure: Failure): number {
    const { timing, random } = this.deps
    switch (failure.class) {
      case 'rate_limited':
        return failure.retryAfter ?? timing.rateLimitWait
      case 'not_sent':
      case 'unavailable':
      case 'ambiguous':
        return Math.max(failure.retryAfter ?? 0, backoff(attempts, timing, random))
      default:
        return Math.round(SELDOM * (1 + 0.1 * random()))
    }
  }
}

function lives(code: string): Verdict {
  const failure: Failure = {
    class: 'configuration',
    code,
    description: null,
    status: null,
    retryAfter: null,
  }
  return { type: 'lives', failure }
}
