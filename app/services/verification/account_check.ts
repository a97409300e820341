import { randomBytes } from 'node:crypto'
import type { Discovery } from '#oauth/discovery'
import { RequestError } from '#oauth/template'
import type { AccountProfile, AccountResult, Clock, Failure, Provider, Transport } from '#oauth/types'
import { accountSources, type AccountSource, type Presented } from '#services/verification/account_sources'
import { findingOf, type Finding } from '#services/verification/finding'
import { isAccountKnown, type Subject } from '#services/verification/subject'
import type { Vault } from '#vault/vault'

export interface CheckDependencies {
  vault: Vault
  transport: Transport
  discovery: Pick<Discovery, 'resolve'>
  clock: Clock
  /** Total time for one request, in milliseconds. */
  deadline: number
}

/** What a check found, and the rate limit that it met on its way, if any. */
export interface Checked {
  finding: Finding
  limit: Failure | null
}

/**
 * Shows a stored access token to its provider and tells what the provider said. It writes nothing, and expected failures
 * are values. A place that is closed to us for a reason that says nothing about the token (a missing scope) makes way
 * for the next one.
 */
export class AccountCheck {
  constructor(private readonly deps: CheckDependencies) {}

  async ask(subject: Subject, provider: Provider, withProfile: boolean): Promise<Checked> {
    const presented = this.#open(subject, provider)
    if (!presented) return { finding: findingOf(UNREADABLE), limit: null }
    const resolved = await this.deps.discovery.resolve(provider)
    const server = resolved.ok ? resolved.server : provider.server
    const sources = accountSources(presented, server)
    if (sources.length === 0) return { finding: { type: 'unclear', failure: null }, limit: null }
    let last: Failure | null = null
    for (const [place, source] of sources.entries()) {
      const result = await this.#send(source, provider)
      if (result.ok) {
        const profile = sources.slice(place + 1).find(({ kind }) => kind === 'profile') ?? null
        return this.#accepted({ subject, provider, withProfile }, result, source, profile)
      }
      last = result.failure
      if (!saysNothing(last)) break
    }
    const failure = last as Failure
    return { finding: findingOf(failure), limit: failure.class === 'rate_limited' ? failure : null }
  }

  /** The token is good. What remains: is it ours, and what does the profile say? */
  async #accepted(
    { subject, provider, withProfile }: { subject: Subject; provider: Provider; withProfile: boolean },
    { account }: Extract<AccountResult, { ok: true }>,
    source: AccountSource,
    profile: AccountSource | null
  ): Promise<Checked> {
    if (isOfOtherClient(subject, provider, account)) return foreign('other_client')
    const differs = isAnother(subject, account)
    if (differs && source.namesAccount) return foreign('other_account')
    // Ids of a validation may be of another kind than those of the profile, which named the account at connect.
    if (!profile || !(withProfile || differs)) return accepted(source.namesAccount ? account : null)
    const told = await this.#send(profile, provider)
    if (told.ok) return isAnother(subject, told.account) ? foreign('other_account') : accepted(told.account)
    const limit = told.failure.class === 'rate_limited' ? told.failure : null
    const finding = findingOf(told.failure)
    return finding.type === 'stopped' ? { finding, limit } : { ...accepted(null), limit }
  }

  #open(subject: Subject, provider: Provider): Presented | null {
    const { organizationId, connectionId, accountId, config, metadata, tokenType } = subject
    const open = (blob: string | null, column: string) => {
      const opened =
        blob === null ? null : this.deps.vault.open(blob, { organizationId, connectionId, column })
      return opened?.ok ? opened.secret : null
    }
    const accessToken = open(subject.accessToken, 'access_token')
    const tokenSecret = open(subject.tokenSecret, 'token_secret')
    if (!accessToken || (tokenType === 'oauth1a' && !tokenSecret)) return null
    return {
      ...{ provider, accessToken, accountId, config, metadata, tokenType, tokenSecret },
      timestamp: Math.floor(this.deps.clock.now() / 1_000),
      nonce: randomBytes(16).toString('hex'),
    }
  }

  async #send(source: AccountSource, provider: Provider): Promise<AccountResult> {
    const { transport, deadline, clock } = this.deps
    try {
      const options = { deadline, allowPrivate: provider.allowPrivate }
      return source.read(await transport.send(source.request(), options))
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      return { ok: false, failure: error.failure, receivedAt: clock.now() }
    }
  }
}

const UNREADABLE: Failure = {
  class: 'unreadable',
  code: 'unreadable',
  description: 'The stored token cannot be decrypted.',
  status: null,
  retryAfter: null,
}

function saysNothing({ class: kind }: Failure): boolean {
  return kind === 'configuration' || kind === 'unknown'
}

function accepted(profile: AccountProfile | null): Checked {
  return { finding: { type: 'accepted', profile }, limit: null }
}

function foreign(code: 'other_account' | 'other_client'): Checked {
  return { finding: { type: 'foreign', code }, limit: null }
}

/** An import may name an account by its login, which is not what the provider calls its id. */
function isAnother(subject: Subject, account: AccountProfile | null): boolean {
  if (account === null || account.id === subject.accountId || !isAccountKnown(subject)) return false
  return account.username?.toLowerCase() !== subject.accountId.toLowerCase()
}

/** A token that somebody made by hand belongs to no client of ours, and may. */
function isOfOtherClient(
  { tokenType }: Subject,
  { client }: Provider,
  account: AccountProfile | null
): boolean {
  if (tokenType !== 'oauth2' || !client || account?.clientId === undefined) return false
  return account.clientId !== client.client_id
}
