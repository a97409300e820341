import type { ProviderRegistry } from '#oauth/registry'
import type { Provider, Random } from '#oauth/types'
import type { RefreshReport } from '#services/refresh_report'
import type { TokenRefreshService } from '#services/token_refresh_service'
import type { TokenNews } from '#services/token_manager/token_news'
import type { AccountCheck } from '#services/verification/account_check'
import { judge } from '#services/verification/judge'
import { judgementEvent } from '#services/verification/judgement_event'
import { refreshCause } from '#services/verification/refresh_cause'
import { renewedBy, type Subject } from '#services/verification/subject'
import {
  unasked,
  type RefreshCause,
  type Verification,
  type VerifyOptions,
} from '#services/verification/verification'
import type { Opened, VerificationStore } from '#services/verification/verification_store'
import type { RefreshOutcome, RefreshTiming } from '#token_refresh/types'

export interface VerificationDependencies {
  providers: ProviderRegistry
  store: VerificationStore
  check: Pick<AccountCheck, 'ask'>
  refresh: Pick<TokenRefreshService, 'refreshOne'>
  report: Pick<RefreshReport, 'verdict'>
  /** Tells caches that a connection's condition changed. */
  news?: Pick<TokenNews, 'publish'>
  /** Learns of providers that another process added. */
  followProviders?: () => Promise<void>
  timing: RefreshTiming
  random: Random
}

/** How a verification stands: what it is about, whether its one refresh was tried and whether it went well. */
interface Course extends Opened {
  provider: Provider
  options: VerifyOptions
  tried: boolean
  refreshed: boolean
}

type Step = { done: Verification } | { again: Pick<Course, 'tried' | 'refreshed'> }

/** Rows that change under a verification more often than this are left to whoever changes them. */
const ROUNDS = 4

/**
 * Tests connections against their providers (X3): one answer for one connection, whoever asks. What the provider says is
 * written behind a fence, so a verdict on a token that was replaced meanwhile changes nothing.
 */
export class VerificationService {
  constructor(private readonly deps: VerificationDependencies) {}

  /**
   * Verifies one connection. With `autoRefresh` a token that is expired or refused is refreshed once and tested again.
   * Expected failures come back as a value; only bugs reject. A paused connection is left alone.
   */
  async verify(connectionId: string, options: VerifyOptions = {}): Promise<Verification> {
    let progress = { tried: false, refreshed: false }
    for (let round = 1; round <= ROUNDS; round++) {
      const opened = await this.deps.store.open(connectionId)
      if (!opened) return unasked(connectionId, 'not_found')
      const provider = await this.#provider(opened.subject.provider)
      const obstacle = obstacleTo(opened.subject, provider)
      if (obstacle || !provider) return answer(opened.subject, { reason: obstacle ?? 'no_provider' })
      const step = await this.#step({ ...opened, ...progress, provider, options })
      if ('done' in step) return step.done
      progress = step.again
    }
    return unasked(connectionId, 'superseded')
  }

  async #provider(id: string): Promise<Provider | null> {
    const { providers, followProviders } = this.deps
    if (!providers.find(id)) await followProviders?.()
    return providers.find(id)
  }

  /** One look at the row as it is now: a refresh where one is called for, else the question, the judgement, the writing. */
  async #step(course: Course): Promise<Step> {
    const { subject, provider, options, now, refreshed } = course
    const before = refreshCause(course, null)
    if (before) {
      const step = await this.#refresh(course, before)
      if (step) return step
    }
    const gate = await this.deps.store.closedGate(provider.gate, now)
    if (gate) return { done: answer(subject, heldUp(course, gate)) }
    const { finding, limit } = await this.deps.check.ask(subject, provider, options.profile === true)
    if (limit) await this.deps.store.limit(provider.gate, limit)
    const after = before ? null : refreshCause(course, finding)
    if (after) {
      const step = await this.#refresh(course, after)
      if (step) return step
    }
    const { timing, random } = this.deps
    const judgement = judge({ subject, provider, finding, now, timing, random })
    const { verdict, change, transition } = judgement
    const event = judgementEvent(subject, judgement, now)
    if (change && !(await this.deps.store.apply(subject, change, event)))
      return { again: { tried: course.tried, refreshed } }
    if (change?.condition) this.deps.news?.publish(subject.organizationId, [subject.connectionId])
    this.deps.report.verdict(subject, verdict, transition)
    if (refreshed && (finding.type === 'accepted' || finding.type === 'unclear')) {
      return { done: answer(subject, { state: 'expired_refreshed', reason: 'refreshed' }) }
    }
    const strained = before === 'expiring' && verdict.state === 'valid'
    return { done: answer(subject, strained ? { ...verdict, reason: 'expiring' } : verdict) }
  }

  /** Null: the refresh failed, and the token, which still lives, is worth a question. */
  async #refresh(course: Course, why: RefreshCause): Promise<Step | null> {
    const { subject, provider, options } = course
    if (!options.autoRefresh)
      return why === 'expiring' ? null : { done: answer(subject, { state: 'invalid', reason: why }) }
    if (isWaitingForRetry(subject))
      return why === 'expiring' ? null : { done: answer(subject, waiting(subject)) }
    options.onRefresh?.({ owner: subject.owner, provider, type: 'trying', why })
    const outcome = await this.deps.refresh.refreshOne(renewedBy(subject, provider) ?? subject.connectionId, {
      kind: options.kind ?? 'health_check',
      force: !subject.isActive,
      runId: options.runId ?? null,
    })
    options.onRefresh?.({ owner: subject.owner, provider, type: 'ended', outcome })
    if (outcome.status === 'refreshed') return { again: { tried: true, refreshed: true } }
    if (MOVED_ON.has(outcome.reason)) return { again: { tried: true, refreshed: false } }
    if (why === 'expiring' && outcome.reason !== 'suspended' && outcome.reason !== 'locked') return null
    return { done: answer(subject, failedRefresh(outcome)) }
  }
}

/** The row holds other tokens than before, though this refresh did not renew them: the provider is asked about those. */
const MOVED_ON: ReadonlySet<string> = new Set(['superseded', 'abandoned', 'not_extended'])

function obstacleTo(subject: Subject, provider: Provider | null): string | null {
  if (subject.isPaused) return 'paused'
  if (subject.status === 'disconnected' || subject.accessToken === null) return 'disconnected'
  return provider ? null : 'no_provider'
}

/** T5: between two strikes only the planned retry contacts the provider about the grant. */
function isWaitingForRetry({ isActive, tokenRefreshFailedAt, nextRefreshAt }: Subject): boolean {
  return isActive && tokenRefreshFailedAt !== null && nextRefreshAt !== null
}

function waiting({ nextRefreshAt }: Subject): Partial<Verification> {
  return { state: 'invalid', reason: 'refresh_retrying', retryAt: nextRefreshAt }
}

function heldUp({ refreshed }: Course, gate: { reason: string; until: number }): Partial<Verification> {
  if (refreshed) return { state: 'expired_refreshed', reason: 'refreshed' }
  return { state: 'untested', reason: 'provider_paused', errorCode: gate.reason, retryAt: gate.until }
}

function failedRefresh({ reason, errorCode, retryAt }: RefreshOutcome): Partial<Verification> {
  return { state: reason === 'suspended' ? 'suspended' : 'invalid', reason, errorCode, retryAt }
}

function answer(subject: Subject, about: Partial<Verification>): Verification {
  const { connectionId, provider, username, expiresAt } = subject
  return { ...unasked(connectionId, 'untested'), provider, username, expiresAt, ...about }
}
