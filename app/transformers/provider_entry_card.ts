import type { AddedProvider } from '#services/added_providers'
import type { Provider } from '#oauth/types'
import { span } from '#transformers/time_words'

interface CardContext {
  look: { name: string; icon: string | null }
  redirectUri: string
  accounts: number
  /** Why its gate lets nothing through at the moment. */
  paused: string | null
  /** Where the organization added it itself. */
  added: AddedProvider | null
}

const ROTATION = {
  never: 'Stays the same',
  may: 'May rotate',
  always: 'Rotates each time',
} as const

/** A usable provider on the page of providers. */
export function providerEntryCard(provider: Provider, context: CardContext) {
  const { look, redirectUri, accounts, paused, added } = context
  const { refresh, server } = provider
  return {
    id: provider.id,
    key: added?.key ?? provider.id,
    ...look,
    configured: provider.client !== null,
    paused,
    accounts,
    redirectUri: asksForConsent(provider) ? redirectUri : null,
    server: hostOf(server.issuer ?? server.token_endpoint),
    rotation: refresh.supported ? ROTATION[refresh.rotation] : 'Never refreshed',
    margin: refresh.supported ? `${span(refresh.margin)} before the end` : null,
    deadline: deadlineOf(refresh),
    scopes: [...provider.scopes],
    docs: provider.docs,
    console: provider.console,
    quirks: [...provider.quirks],
    checkedOn: provider.checkedOn,
    editable: added !== null,
    problems: [] as string[],
  }
}

function deadlineOf({ grantLifetime, grantLifetimeFrom }: Provider['refresh']): string | null {
  if (grantLifetime === null) return null
  return `${span(grantLifetime)} after ${grantLifetimeFrom === 'consent' ? 'the consent' : 'the last refresh'}`
}

/** A provider that cannot be used, with the reasons. */
export function brokenEntryCard(added: AddedProvider, icon: string | null) {
  const problems = added.problems.map(({ field, message }) => (field ? `${field}: ${message}` : message))
  return { id: added.id, key: added.key, name: added.name, icon, editable: true, problems }
}

/** False for those that nobody is sent to: client credentials, and accounts that derive from another's. */
function asksForConsent({ grantType, server, resource }: Provider): boolean {
  const somewhere = server.authorization_endpoint ?? server.issuer ?? resource
  return grantType === 'authorization_code' && Boolean(somewhere)
}

/** Host of an endpoint; a variable at its beginning stands for the whole host. */
function hostOf(endpoint: string | undefined): string | null {
  return /^https?:\/\/([^/?#]+)/.exec(endpoint ?? '')?.[1] ?? null
}
