import type Connection from '#models/connection'
import type RefreshAttempt from '#models/refresh_attempt'
import type { Provider } from '#oauth/types'
import { demandedScopes } from '#services/mcp/step_up'
import { needsPerson } from '#services/connection_health'
import type { ProviderFacts } from '#services/provider_facts'
import { tooYoungUntil } from '#token_refresh/refresh_schedule'
import { accountActions } from '#transformers/account_actions'
import { millis } from '#transformers/account_facts'
import { accountName } from '#transformers/account_name'
import { accountRow, type AccountRow } from '#transformers/account_row'
import { accountScopes } from '#transformers/account_scopes'
import { accountWhy } from '#transformers/account_why'
import { answerWords } from '#transformers/answer_words'
import { knownGate, knownTrouble } from '#transformers/known_trouble'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

interface DetailInput {
  facts: ProviderFacts
  now: number
  owner: string | null
  newest: RefreshAttempt | null
  t: Translate
  words: Pick<TimeWords, 'stamp'>
}

/** Everything the account page shows besides its past. No token and no part of one is in it. */
export function accountDetail(connection: Connection, input: DetailInput) {
  const { facts, now, t } = input
  const row = accountRow(connection, facts, null, now)
  const provider = facts.find(connection.provider)
  return {
    ...row,
    why: whyOf(connection, row, input),
    trouble: troubleOf(connection, input.newest),
    docs: provider?.docs ?? null,
    actions: actionsOf(connection, row, input),
    parent: linkTo(parentOf(connection)),
    disconnected: connection.status === 'disconnected',
    figures: figuresOf(connection),
    expirySource: t(`account.figures.sources.${connection.expirySource}`),
    rotation: t(`account.grant.rotations.${provider?.refresh.rotation ?? 'may'}`),
    tokenType: connection.tokenType,
    scopes: scopesOf(connection, provider),
    server: serverOf(provider),
    username: connection.username,
    owner: { id: connection.owner, person: input.owner },
    fingerprint: connection.credentialFp?.slice(0, 12) ?? null,
  }
}

function scopesOf(connection: Connection, provider: Provider | null) {
  const demanded = demandedScopes(connection.metadata)
  return accountScopes(connection.scopes, provider?.scopes ?? [], demanded, connection.refreshToken !== null)
}

/** Whom the token is for and who gives it out, where it is bound to one resource. */
function serverOf(provider: Provider | null) {
  if (!provider || provider.resource === null) return null
  return { resource: provider.resource, issuer: provider.server.issuer ?? null }
}

function whyOf(connection: Connection, row: AccountRow, { facts, t, now }: DetailInput) {
  const parent = parentOf(connection)
  const provider = facts.find(connection.provider)
  const gate = facts.closedGates.get(connection.provider) ?? null
  const input = {
    health: row.health,
    status: connection.status,
    reason: connection.statusReason,
    provider: row.provider.name,
    gate,
    known: gate && row.health === 'retrying' ? knownGate(provider, gate) : knownTrouble(provider, connection),
    firstStrike: connection.tokenRefreshFailedAt !== null,
    inDoubt: connection.openAttempts > 0,
    noWindow: isOutsideWindow(connection, provider, now),
    hasRefreshToken: connection.refreshToken !== null,
    tokenEnds: connection.tokenExpiresAt !== null,
    endsSoon: row.endsSoon,
    deadParent: parent && needsPerson(parent) ? { id: parent.id, name: accountName(parent) } : null,
  }
  return accountWhy(input, t)
}

/** The sweep leaves these alone until a window opens. */
function isOutsideWindow(connection: Connection, provider: Provider | null, now: number): boolean {
  const keepAlive = connection.keepAlive ?? provider?.refresh.keepAlive
  const isOpen = (millis(connection.keepAliveUntil) ?? 0) > now
  return keepAlive === 'while_authorized' && !isOpen && connection.nextRefreshAt === null
}

function parentOf(connection: Connection): Connection | null {
  return (connection.$preloaded.parent as Connection | undefined) ?? null
}

/** The provider's own words, for operators. */
function troubleOf(connection: Connection, newest: RefreshAttempt | null) {
  const failed = newest?.outcome === 'failed' ? newest : null
  const code = connection.errorCode ?? failed?.errorCode ?? null
  const message = connection.errorMessage ?? failed?.errorMessage ?? null
  const reason = connection.statusReason
  if (!code && !message && !reason) return null
  const httpStatus = failed?.httpStatus ?? null
  const line =
    answerWords({ httpStatus, errorCode: code }) ?? (httpStatus === null ? '' : `HTTP ${httpStatus}`)
  return { line, message, reason }
}

function linkTo(parent: Connection | null) {
  return parent && { href: `/accounts/${parent.id}`, name: accountName(parent) }
}

function actionsOf(connection: Connection, row: AccountRow, { facts, now, t, words }: DetailInput) {
  const provider = facts.find(connection.provider)
  const parent = parentOf(connection)
  const issuedAt = millis(connection.lastTokenRefreshAt ?? connection.grantedAt)
  const input = {
    id: connection.id,
    health: row.health,
    // Only a new consent brings back what was disconnected.
    isActive: connection.isActive || connection.status === 'disconnected',
    paused: connection.pausedAt !== null,
    provider: row.provider,
    configured: provider === null ? null : provider.client !== null,
    youngUntil: tooYoungUntil(issuedAt, provider?.refresh.minimumAge ?? 0, now),
    parent: parent && { id: parent.id, provider: parent.provider },
  }
  return accountActions(input, t, words)
}

function figuresOf(connection: Connection) {
  return {
    lastRefreshAt: millis(connection.lastTokenRefreshAt),
    failedAt: millis(connection.tokenRefreshFailedAt),
    refreshCount: connection.refreshCount,
    connectedAt: millis(connection.connectedAt),
    grantedAt: millis(connection.grantedAt),
    pausedAt: millis(connection.pausedAt),
    keepAliveUntil: millis(connection.keepAliveUntil),
    lastValidatedAt: millis(connection.lastValidatedAt),
  }
}
