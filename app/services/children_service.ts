import { setTimeout as wait } from 'node:timers/promises'
import { uuid } from '#models/uuid'
import type { ProviderRegistry } from '#oauth/registry'
import type { Clock, Failure, Provider, Random, Transport } from '#oauth/types'
import { askForChildren, type ChildrenAnswer } from '#services/children_request'
import type { RefreshReport } from '#services/refresh_report'
import type { TokenNews } from '#services/token_manager/token_news'
import { backoff } from '#token_refresh/backoff'
import type { LogContext } from '#token_refresh/children_log'
import { planChildren, type ChildList } from '#token_refresh/children_plan'
import { ChildrenStore, type Parent } from '#token_refresh/children_store'
import type { StoreDriver } from '#store/driver'
import type { RefreshRequest, RefreshTiming } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface ChildrenDependencies {
  providers: ProviderRegistry
  vault: Vault
  driver: StoreDriver
  transport: Transport
  report: RefreshReport
  clock: Clock
  random: Random
  timing: RefreshTiming
  requestDeadline: number
  workerId: string
  /** Told of children whose token or condition changed, after the commit. */
  news?: Pick<TokenNews, 'publish'>
  sleep?: (milliseconds: number) => Promise<void>
}

/** `superseded`: the parent got newer tokens meanwhile, whose children count. */
export type Derivation = 'derived' | 'failed' | 'nothing_owed' | 'superseded'

/** A fault that time alone does not cure is looked at again after this. */
const SELDOM = 60 * 60_000
const AT_ONCE = 4
const MOST_AT_A_TIME = 100
const LOOK = 50

/**
 * Accounts whose tokens derive from another's, such as the pages of a Meta user (M2). The parent's settlement says in the
 * database that they are owed; here they are asked for with the new token and stored under their own rows. What fails
 * or dies on the way stays owed and is taken up again.
 */
export class ChildrenService {
  readonly #store: ChildrenStore
  readonly #running = new Set<Promise<Derivation>>()

  constructor(private readonly deps: ChildrenDependencies) {
    this.#store = new ChildrenStore(deps.driver)
  }

  /** Derives what is owed to the children of this connection. Never rejects: trouble is told, and the debt stays. */
  derive(parentId: string, request: RefreshRequest): Promise<Derivation> {
    const derivation = this.#derive(parentId, request).catch((error: unknown): Derivation => {
      this.deps.report.childrenTrouble(parentId, error)
      return 'failed'
    })
    this.#running.add(derivation)
    void derivation.then(() => this.#running.delete(derivation))
    return derivation
  }

  /** Takes up what failed before or was left by a process that died; returns how many parents were looked at. */
  async takeUp(): Promise<number> {
    const waiting = await this.#store.takeUp(MOST_AT_A_TIME)
    const total = waiting.length
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        await this.derive(id, { kind: 'scheduled' })
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, total) }, worker))
    return total
  }

  /** Waits while another process, which refreshed this connection, is still storing its children. */
  async settled(parentId: string): Promise<void> {
    const { clock, sleep = wait } = this.deps
    while (await this.#store.isAwaited(parentId, clock.now())) await sleep(LOOK)
  }

  /** Waits for what is under way. */
  async drain(): Promise<void> {
    await Promise.all(this.#running)
  }

  async #derive(parentId: string, { kind, runId }: RefreshRequest): Promise<Derivation> {
    const { providers, clock, workerId } = this.deps
    const parent = await this.#store.parent(parentId)
    const provider = parent && providers.find(parent.provider)
    if (!parent?.owed || !provider?.children) return 'nothing_owed'
    const startedAt = clock.monotonic()
    const answer = await this.#ask(parent, provider)
    const log: LogContext = {
      childProvider: provider.children.provider,
      kind,
      runId: runId ?? null,
      workerId,
      durationMs: clock.monotonic() - startedAt,
      newId: () => uuid(clock.now()),
    }
    if (!answer.ok) return this.#fail(parent, answer.failure, log)
    return this.#keep(parent, answer.list, log)
  }

  async #ask(parent: Parent, provider: Provider): Promise<ChildrenAnswer> {
    const { vault, clock, providers, transport, requestDeadline } = this.deps
    const slot = provider.children
    if (!slot || !providers.find(slot.provider)) return { ok: false, failure: fault('no_child_definition') }
    const place = {
      organizationId: parent.organizationId,
      connectionId: parent.id,
      column: 'access_token',
    }
    const opened = parent.accessToken === null ? null : vault.open(parent.accessToken, place)
    if (!opened?.ok) return { ok: false, failure: { ...fault('unreadable'), class: 'unreadable' } }
    const pausedUntil = await this.#store.pausedUntil(provider.gate, clock.now())
    if (pausedUntil !== null) {
      const retryAfter = pausedUntil - clock.now()
      return {
        ok: false,
        failure: { ...fault('provider_paused'), class: 'rate_limited', retryAfter },
      }
    }
    const { accountId, config, metadata } = parent
    const question = { provider, slot, accessToken: opened.secret, accountId, config, metadata }
    return askForChildren(question, { transport, clock, requestDeadline })
  }

  async #keep(parent: Parent, list: ChildList, log: LogContext): Promise<Derivation> {
    const { vault, report, news } = this.deps
    const ids = list.accounts.map(({ id }) => id)
    const known = await this.#store.known(parent, log.childProvider, [...ids, ...list.tokenless])
    const { organizationId } = parent
    const steps = planChildren({ organizationId, list, known, vault, newId: log.newId })
    const changes = await this.#store.settle(parent, steps, log)
    if (!changes) return 'superseded'
    const changed = changes.filter(({ type }) => type === 'replace' || type === 'gone')
    news?.publish(
      organizationId,
      changed.map(({ connectionId }) => connectionId)
    )
    report.derived(parent, log.childProvider, changes)
    return 'derived'
  }

  async #fail(parent: Parent, failure: Failure, log: LogContext): Promise<Derivation> {
    const counts = await this.#store.fail(parent, failure, this.#delay(parent, failure), log)
    if (!counts) return 'superseded'
    this.deps.report.notDerived(parent, failure)
    return 'failed'
  }

  #delay({ failures }: Parent, failure: Failure): number {
    const { timing, random } = this.deps
    switch (failure.class) {
      case 'rate_limited':
        return failure.retryAfter ?? timing.rateLimitWait
      case 'not_sent':
      case 'unavailable':
      case 'ambiguous':
        return Math.max(failure.retryAfter ?? 0, backoff(failures + 1, timing, random))
      default:
        return Math.round(SELDOM * (1 + 0.1 * random()))
    }
  }
}

function fault(code: string): Failure {
  return { class: 'configuration', code, description: null, status: null, retryAfter: null }
}
