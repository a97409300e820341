import type { AddedProvider } from '#services/added_providers'
import type { Provider } from '#oauth/types'
import type { NamedFigure } from '#services/figures/figures'
import { untestable } from '#services/credential_test'
import { HEALTH_WORDS, type Health } from '#services/connection_health'
import type { AccountHealth } from '#services/provider_accounts'
import type { ClosedGate } from '#services/provider_facts'
import type { KeptTest } from '#services/kept_tests'
import type { Incident } from '#services/provider_incidents'
import { withField } from '#transformers/fault_words'
import { asksForConsent, clientVariables, limitWords } from '#transformers/provider_words'
import { testWords } from '#transformers/test_words'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

/** What is known of a provider within one organization. */
export interface ProviderState {
  look: { name: string; icon: string | null }
  /** The provider of the accounts that its own derive from, by name. */
  parent: string | null
  redirectUri: string
  accounts: AccountHealth
  /** Its gate, where that lets nothing through at the moment. */
  gate: ClosedGate | null
  /** Where the organization added it itself. */
  added: AddedProvider | null
  /** Of the last 24 hours; null where nothing was refreshed. */
  figure: NamedFigure | null
  incidents: readonly Incident[]
  /** The last test of its credentials, where the organization added it itself. */
  test: KeptTest | null
}

export interface Voice {
  t: Translate
  words: TimeWords
  locale: string
}

/** A usable provider on the page of providers. */
export function providerEntryCard(provider: Provider, state: ProviderState, { t, words }: Voice) {
  const { look, redirectUri, figure, added, incidents } = state
  return {
    id: provider.id,
    key: added?.key ?? provider.id,
    ...look,
    configured: provider.client !== null,
    state: stateWord(provider, state.gate, t),
    accounts: accountParts(provider.id, look.name, state.accounts, t),
    success: figure?.successRate ?? null,
    p95: typeof figure?.p95Ms === 'number' ? words.took(figure.p95Ms) : null,
    limit: limitWords(provider, figure, t),
    rotation: rotationWords(provider, state, t),
    incident: incidents[0] ?? null,
    redirectUri: asksForConsent(provider) ? redirectUri : null,
    scopes: [...provider.scopes],
    variables: added ? [] : clientVariables(provider),
    docs: provider.docs,
    console: provider.console,
    editable: added !== null,
    test: added && !untestable(provider) ? testWords(state.test, t) : null,
  }
}

/** What becomes of refresh tokens, in a few words. A token that derives from another account's has none, and is no less alive. */
function rotationWords({ refresh }: Provider, { parent }: ProviderState, t: Translate): string {
  if (parent !== null) return t('providers.rotation.derived', { name: parent })
  return t(`providers.rotation.${refresh.supported ? refresh.rotation : 'none'}`)
}

/** How a provider is in one word, with the look of a health word. */
export function stateWord(provider: Provider, gate: ClosedGate | null, t: Translate) {
  const word = (key: string, health: Health, icon: string) => ({
    label: t(`providers.state.${key}`),
    health,
    icon,
    code: gate?.errorCode ?? null,
  })
  if (gate) {
    const isLimit = gate.reason === 'rate_limited'
    return isLimit ? word('limited', 'retrying', 'clock') : word('paused', 'retrying', 'player-pause')
  }
  return provider.client
    ? word('ready', 'healthy', 'circle-check')
    : word('missing', 'static', 'circle-dashed')
}

const TONES: Partial<Record<Health, string>> = {
  reconnect: 'failed',
  retrying: 'retried',
  paused: 'plain',
  static: 'plain',
}

/** The accounts at a provider by condition: parts of a bar in percent, each with the list that it stands for. */
export function accountParts(id: string, name: string, accounts: AccountHealth, t: Translate) {
  const total = Object.values(accounts).reduce((sum, count) => sum + count, 0)
  let from = 0
  const parts = HEALTH_WORDS.flatMap((health) => {
    const count = accounts[health] ?? 0
    if (count === 0) return []
    const width = (count / total) * 100
    const part = { health, count, tone: TONES[health] ?? 'ok', from: round(from), width: round(width) }
    from += width
    const label = t('providers.part', { label: t(`health.${health}.label`), count })
    return [{ ...part, label, href: `${listOf(id)}&status=${health}` }]
  })
  return { total, href: listOf(id), label: t('providers.accounts_at', { count: total, name }), parts }
}

const listOf = (id: string) => `/accounts?provider=${encodeURIComponent(id)}`
const round = (value: number) => Math.round(value * 100) / 100

/** A provider that cannot be used, with the reasons in the words of PROVIDERS_FILE. */
export function brokenEntryCard(added: AddedProvider, icon: string | null, t: Translate) {
  const problems = added.problems.map((problem) => withField(problem, t))
  return { id: added.id, key: added.key, name: added.name, icon, editable: true, problems }
}
