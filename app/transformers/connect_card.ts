import type { Provider } from '#oauth/types'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

interface CardInput {
  look: { name: string; icon: string | null }
  appUrl: string
  sandbox: { port: number } | null
  /** The key under which its organization edits it; null for a provider of the installation. */
  editKey: string | null
  t: Translate
  words: Pick<TimeWords, 'span'>
}

/** A provider on the connect page. `sandbox` is the address of its control page, where it is our own sandbox. */
export function connectCard(provider: Provider, { look, appUrl, sandbox, editKey, t, words }: CardInput) {
  // Faces of one client have one registration, named after their gate.
  const prefix = provider.gate.toUpperCase().replace(/\W+/g, '_')
  const { rotation, margin } = provider.refresh
  return {
    id: provider.id,
    ...look,
    configured: provider.client !== null,
    facts: [t(`connect.card.rotation.${rotation}`), t('connect.card.margin', { length: words.span(margin) })],
    config: Object.entries(provider.config).map(([name, { title, pattern }]) => ({ name, title, pattern })),
    consent: provider.grantType === 'authorization_code',
    editKey,
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
