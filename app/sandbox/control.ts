import type Provider from 'oidc-provider'
import type { DownMode, FaultKind, Faults } from '#sandbox/faults'
import type { RequestCounts, RequestLog } from '#sandbox/request_log'
import type { SandboxStore } from '#sandbox/store'

/** The tokens of a grant that nobody had to click for. */
export interface MintedGrant {
  refreshToken: string
  accessToken: string
  /** Milliseconds. */
  expiresIn: number
}

interface Parts {
  provider: Provider
  clientId: string
  store: SandboxStore
  faults: Faults
  log: RequestLog
}

/** Drives the sandbox from the same process: what the control page does, and grants without a browser for tests. */
export class SandboxControl {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Makes a grant with a refresh token and an access token, as if the owner had allowed it. Any account id will do.
   * The client is ours unless told; `<clientId>-post` is the one that sends its secret in the body.
   */
  async mintGrant(
    accountId: string,
    options: { scopes?: string[]; clientId?: string } = {}
  ): Promise<MintedGrant> {
    const { provider } = this.#parts
    const clientId = options.clientId ?? this.#parts.clientId
    const client = await provider.Client.find(clientId)
    if (!client) throw new Error(`the sandbox knows no client "${clientId}"`)
    const scope = (options.scopes ?? ['openid', 'offline_access', 'profile']).join(' ')
    const grant = new provider.Grant({ accountId, clientId })
    grant.addOIDCScope(scope)
    const fields = {
      accountId,
      client,
      grantId: await grant.save(),
      gty: 'authorization_code',
      scope,
    }
    const accessToken = new provider.AccessToken(fields)
    const refreshToken = new provider.RefreshToken({ ...fields, rotations: 0 })
    const expiresIn = accessToken.expiration * 1000
    return {
      refreshToken: await refreshToken.save(),
      accessToken: await accessToken.save(),
      expiresIn,
    }
  }

  /** Ends all grants of an account, as its owner would at the provider. Returns how many there were. */
  revoke(accountId: string): number {
    return this.#parts.store.revokeAccount(accountId)
  }

  /**
   * Lets the next n refreshes fail, of one account or of anybody. Plans add up; 0 clears them all.
   * `retryAfter` counts seconds and is used by `rate_limited`.
   */
  failNext(
    count: number,
    kind: FaultKind = 'unavailable',
    { accountId, retryAfter = 5 }: { accountId?: string; retryAfter?: number } = {}
  ): void {
    this.#parts.faults.plan({ kind, remaining: count, accountId: accountId ?? null, retryAfter })
  }

  /** Takes the token endpoint down or brings it up again: 503 for everything, or connections closed without an answer. */
  down(down: boolean, mode: DownMode = 'unavailable'): void {
    this.#parts.faults.downMode = down ? mode : null
  }

  /** Counts since the start. */
  requests(): RequestCounts {
    return this.#parts.log.counts()
  }
}
