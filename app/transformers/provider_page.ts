import type ClientGate from '#models/client_gate'
import { millis } from '#transformers/account_facts'
import type { Discovery } from '#oauth/discovery'
import type { Provider } from '#oauth/types'
import type { AddedProvider } from '#services/added_providers'
import type { ClosedGate } from '#services/provider_facts'
import { untestable } from '#services/credential_test'
import { isDiscovered } from '#services/rediscover'
import { accountParts, stateWord, type ProviderState, type Voice } from '#transformers/provider_entry_card'
import {
  asksForConsent,
  clientVariables,
  limitWords,
  maskedClientId,
  policyWords,
} from '#transformers/provider_words'
import { testWords } from '#transformers/test_words'
import type { Quirk } from '#transformers/quirk_words'

export interface ProviderPageInput extends ProviderState {
  /** The stored state of its gate; null where it was never anything but open. */
  stored: ClientGate | null
  remembered: ReturnType<Discovery['remembered']>
  quirks: readonly Quirk[]
}

/** Everything that the page of a provider shows and follows live. */
export function providerPage(provider: Provider, input: ProviderPageInput, voice: Voice) {
  const { t } = voice
  const { look, added, figure, gate, incidents } = input
  return {
    id: provider.id,
    key: added?.key ?? provider.id,
    ...look,
    state: stateWord(provider, gate, t),
    accounts: accountParts(provider.id, look.name, input.accounts, t),
    /** Those that a closed gate holds up. */
    waiting: input.accounts.retrying ?? 0,
    credentials: credentials(provider, added, voice),
    setup: provider.client === null ? setup(provider, input) : null,
    scopes: [...provider.scopes],
    redirectUri: asksForConsent(provider) ? input.redirectUri : null,
    policy: policyWords(provider, voice, input.parent),
    circuit: { ...circuit(input), limit: limitWords(provider, figure, t) },
    discovery: isDiscovered(provider) ? discovery(provider, input) : null,
    quirks: input.quirks,
    checkedOn: provider.checkedOn,
    docs: provider.docs,
    console: provider.console,
    incidents: incidents.slice(0, 10),
    figure,
    editable: added !== null,
    untestable: untestable(provider),
    test: added && !untestable(provider) ? testWords(input.test, t) : null,
  }
}

function credentials(provider: Provider, added: AddedProvider | null, voice: Voice) {
  const { client, clientAuth } = provider
  if (!client) return null
  const ends = added?.registration?.client_secret_expires_at
  return {
    clientId: maskedClientId(client.client_id),
    hasSecret: client.client_secret !== null,
    auth: clientAuth,
    // RFC 7591 §3.2.1: seconds; zero means never.
    secretEndsAt: typeof ends === 'number' && ends > 0 ? ends * 1_000 : null,
    source: sourceWords(provider, added, voice),
  }
}

function sourceWords(provider: Provider, added: AddedProvider | null, { t, words }: Voice): string {
  if (!added)
    return t('providers.page.sources.environment', { variables: clientVariables(provider).join(', ') })
  const at = added.registration?.registered_at
  if (added.registration) {
    const moment = typeof at === 'number' ? words.stamp(at) : ''
    return t('providers.page.sources.registered', { moment })
  }
  return t(`providers.page.sources.${hasDocument(added) ? 'document' : 'entered'}`)
}

function hasDocument({ entry }: AddedProvider): boolean {
  return entry.client_id?.endsWith('/client-metadata.json') ?? false
}

function setup(provider: Provider, { added }: ProviderPageInput) {
  return { variables: added ? [] : clientVariables(provider), isOwn: added !== null }
}

/** The breaker: `open` lets requests flow, as in `client_gates`; a wait that has run out is none. */
function circuit({ gate, stored }: ProviderPageInput) {
  const since = stored?.updatedAt.toMillis() ?? null
  if (!gate || !stored)
    return {
      state: 'open',
      cause: null,
      code: null,
      since: null,
      until: null,
      failures: stored?.failures ?? 0,
    }
  const state = stored.flow === 'probing' ? 'probing' : (gate.reason ?? 'unavailable')
  const cause = causeOf(gate)
  return { state, cause, code: gate.errorCode, since, until: millis(stored.until), failures: stored.failures }
}

/** Why it waits, in a word that `overview.gates` has a sentence for. */
function causeOf({ reason }: ClosedGate): string {
  return reason === 'configuration' || reason === 'rate_limited' ? reason : 'unavailable'
}

function discovery({ resource, server }: Provider, { added, remembered }: ProviderPageInput) {
  const found = remembered?.server
  return {
    isMcp: resource !== null,
    resource,
    issuer: server.issuer ?? null,
    endpoints: ['authorization_endpoint', 'token_endpoint', 'registration_endpoint'].map((name) => ({
      name,
      url: (found?.[name as 'token_endpoint'] ?? server[name as 'token_endpoint']) || null,
    })),
    registration: added?.registration ? 'registered' : added && hasDocument(added) ? 'document' : 'by_hand',
    readAt: remembered ? Math.round(remembered.readAt / 1_000) * 1_000 : null,
  }
}
