import { clientMetadataDocument } from '#oauth/registration'
import type { Failure, Provider } from '#oauth/types'
import { connectMcpServer } from '#services/mcp/connect_mcp_server'
import { renewClient, secretHasExpired, type Renewal } from '#services/mcp/renew_client'
import { stepUp, type StepUp } from '#services/mcp/step_up'
import { CLIENT_NAME, clientDocumentUrl } from '#services/mcp/obtain_client'
import { callbackUrl, type McpDependencies, type McpInput, type McpResult } from '#services/mcp/types'

interface Dependencies extends McpDependencies {
  /** Hears what came of a renewal, and of bugs on the way. */
  report: { clientRenewal(provider: string, renewal: Renewal): void; trouble(error: unknown): void }
}

/**
 * MCP servers as providers: connects one from its URL, keeps its dynamically registered client alive, and takes down
 * which further scopes it demands. The consent and the refreshes are those of every other provider.
 */
export class McpService {
  readonly #renewals = new Map<string, Promise<Renewal>>()

  constructor(private readonly deps: Dependencies) {}

  /** Finds, registers and stores; expected failures come back as sentences beside a field. */
  connect(organizationId: string, input: McpInput): Promise<McpResult> {
    return connectMcpServer(this.deps, organizationId, input)
  }

  /**
   * What stands at the address that is our client id at some servers; null where we have no such addresses. It follows
   * from the id alone, so it tells nobody which servers are connected here.
   */
  clientDocument(providerId: string): object | null {
    const { appUrl } = this.deps
    const url = PROVIDER_ID.test(providerId) ? clientDocumentUrl(appUrl, providerId) : null
    if (url === null) return null
    const redirectUri = callbackUrl(appUrl, providerId)
    return clientMetadataDocument(url, { name: CLIENT_NAME, uri: appUrl, redirectUri })
  }

  stepUp(organizationId: string, connectionId: string, challenge: string): Promise<StepUp> {
    return stepUp(organizationId, connectionId, challenge)
  }

  /** Why a provider's client must not be used any more; null where it may. Asked before each refresh, so it only looks. */
  expired(provider: Provider): Failure | null {
    if (provider.resource === null) return null
    const added = this.deps.catalogue.allAdded().find(({ id }) => id === provider.id)
    if (!secretHasExpired(added?.registration ?? null, this.deps.clock.now())) return null
    const description = 'The secret of the registered client has ended.'
    return { class: 'configuration', code: EXPIRED, description, status: null, retryAfter: null }
  }

  /**
   * To be told of each failed refresh. Where it means that our client is gone, and the client was registered dynamically,
   * another is registered in the background, once at a time per provider.
   */
  refreshFailed(provider: Provider, failure: Failure): void {
    const isClient = failure.code === 'invalid_client' || failure.code === EXPIRED
    if (!isClient || provider.resource === null || this.#renewals.has(provider.id)) return
    const renewal = renewClient(this.deps, provider)
      .then((outcome) => {
        if (outcome !== 'not_ours') this.deps.report.clientRenewal(provider.id, outcome)
        return outcome
      })
      .catch((error: unknown): Renewal => {
        this.deps.report.trouble(error)
        return 'failed'
      })
      .finally(() => this.#renewals.delete(provider.id))
    this.#renewals.set(provider.id, renewal)
  }

  /** Resolves when nothing runs in the background any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#renewals.values())
  }
}

/** The ids that added providers have. */
const PROVIDER_ID = /^[a-z][a-z0-9_-]{0,47}\.[0-9a-f]{8}$/
const EXPIRED = 'client_expired'
