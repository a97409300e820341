import type { Provider } from '#oauth/types'
import { span } from '#transformers/time_words'

interface CardInput {
  look: { name: string; icon: string | null }
  appUrl: string
  sandbox: { port: number } | null
  /** The key under which its organization edits it; null for a provider of the installation. */
  editKey?: string | null
}

const ROTATION = {
  never: 'refresh token stays the same',
  may: 'refresh token may rotate',
  always: 'refresh token rotates each time',
} as const

/** A provider on the connect page. `sandbox` is the address of its control page, where it is our own sandbox. */
export function providerCard(provider: Provider, { look, appUrl, sandbox, editKey = null }: CardInput) {
  // Faces of one client have one registration, named after their gate.
  const prefix = provider.gate.toUpperCase().replace(/\W+/g, '_')
  return {
    id: provider.id,
    ...look,
    configured: provider.client !== null,
    facts: [ROTATION[provider.refresh.rotation], `refreshed ${span(provider.refresh.margin)} before the end`],
    config: Object.entries(provider.config).map(([name, { title, pattern }]) => ({ name, title, pattern })),
    consent: provider.grantType === 'authorization_code',
    editKey,
    scopes: [...provider.scopes],
    docs: provider.docs,
    variables: [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`],
    redirectUri: `${appUrl}/connect/${encodeURIComponent(provider.id)}/callback`,
    sandbox: sandbox && isSandbox(provider, sandbox.port) ? `http://127.0.0.1:${sandbox.port}/` : null,
  }
}

/** The sandbox is known by its address: our own machine, on the port that the sandbox listens on. */
function isSandbox({ server }: Provider, port: number): boolean {
  const endpoint = server.token_endpoint ?? ''
  if (!URL.canParse(endpoint)) return false
  const { hostname, port: actual } = new URL(endpoint)
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) && actual === String(port)
}
