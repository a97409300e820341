import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { TokenRefreshError } from '#exceptions/token_refresh_error'
import type { Secret } from '#oauth/secret'
import { toSelector, type TokenSelector } from '#services/token_manager/selector'
import type { ValidToken } from '#services/token_manager/servable_token'
import type { TokenReads } from '#services/token_manager/token_reads'
import type { TokenReader } from '#services/token_manager/token_reader'
import type { TokenShelf } from '#services/token_manager/token_shelf'
import type { TokenValidator, TokenVerdict } from '#services/token_manager/token_validator'
import { UnauthorizedReports } from '#services/token_manager/unauthorized_reports'
import type { TokenRefreshService } from '#services/token_refresh_service'
import type { RefreshOutcome } from '#token_refresh/types'

export interface ManagerDependencies {
  shelf: TokenShelf
  reader: TokenReader
  refresh: Pick<TokenRefreshService, 'refreshOne'>
  validator: TokenValidator
  /** Counts where reads find their token. */
  reads: TokenReads
  close: () => Promise<void>
}

/**
 * One call gives a valid token (SPEC P1, B1, B4). A token is named by `{ connectionId }` or by `{ owner, provider }`, each
 * with its `organizationId`, which may be left out where there is only one; `(owner, provider)` means the same. Nothing of
 * another organization is ever found.
 */
export class TokenManager {
  readonly #reports: UnauthorizedReports

  constructor(private readonly deps: ManagerDependencies) {
    this.#reports = new UnauthorizedReports(deps)
  }

  /**
   * A token that is valid for at least 5 minutes (half of its life if that is less), refreshed first if needed. A token
   * with less life is returned where no refresh is possible now; a lapsed one never. Throws `ReAuthRequiredError` where a
   * person must act and `TokenRefreshError` where it may pass.
   */
  getValidAccessToken(selector: TokenSelector): Promise<ValidToken>
  getValidAccessToken(owner: string, provider: string): Promise<ValidToken>
  getValidAccessToken(first: TokenSelector | string, provider?: string): Promise<ValidToken> {
    try {
      const selector = toSelector(first, provider)
      const cached = this.deps.shelf.cached(selector)
      if (cached === null) return this.#readThrough(selector)
      this.deps.reads.memory += 1
      return Promise.resolve(cached)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** As `getValidAccessToken`, with null wherever that would throw one of its two typed errors. */
  findValidAccessToken(selector: TokenSelector): Promise<ValidToken | null>
  findValidAccessToken(owner: string, provider: string): Promise<ValidToken | null>
  async findValidAccessToken(first: TokenSelector | string, provider?: string): Promise<ValidToken | null> {
    try {
      return await this.getValidAccessToken(toSelector(first, provider))
    } catch (error) {
      if (error instanceof ReAuthRequiredError || error instanceof TokenRefreshError) return null
      throw error
    }
  }

  /**
   * Refreshes now, whatever the expiry says, as a person asks for it; of a derived token its parent. Failures that can be
   * expected are in the outcome. Throws `ReAuthRequiredError` only where there is no such connection.
   */
  refresh(selector: TokenSelector): Promise<RefreshOutcome>
  refresh(owner: string, provider: string): Promise<RefreshOutcome>
  async refresh(first: TokenSelector | string, provider?: string): Promise<RefreshOutcome> {
    const { row } = await this.deps.shelf.find(toSelector(first, provider))
    const derivedFrom = row.hasRefreshToken ? null : row.parentId
    return this.deps.refresh.refreshOne(derivedFrom ?? row.connectionId, { kind: 'manual' })
  }

  /** Asks the provider whether it accepts the stored token. Throws `ReAuthRequiredError` where there is no such connection. */
  validate(selector: TokenSelector): Promise<TokenVerdict>
  validate(owner: string, provider: string): Promise<TokenVerdict>
  async validate(first: TokenSelector | string, provider?: string): Promise<TokenVerdict> {
    const { row } = await this.deps.shelf.find(toSelector(first, provider))
    return this.deps.validator.validate(row.connectionId)
  }

  /**
   * To be called when an API answered 401 to a token. Returns the token to try next: the stored one where it is another
   * than the presented one or where the provider confirms it, else one that was refreshed for this. Callers at the same
   * time share one check. Throws like `getValidAccessToken`; the refused token is never returned.
   */
  onUnauthorized(selector: TokenSelector, presentedToken?: Secret | string): Promise<ValidToken> {
    return this.#reports.receive(selector, presentedToken)
  }

  /** Forgets what is cached of a connection, or of what an owner has at a provider; the next read asks the database. */
  invalidateCache(selector: TokenSelector): Promise<void>
  invalidateCache(owner: string, provider: string): Promise<void>
  async invalidateCache(first: TokenSelector | string, provider?: string): Promise<void> {
    const { shelf } = this.deps
    try {
      const { row } = await shelf.find(toSelector(first, provider), null)
      shelf.forget(row.organizationId, row.connectionId)
    } catch (error) {
      if (!(error instanceof ReAuthRequiredError)) throw error
    } finally {
      shelf.forgetOwners()
    }
  }

  /** Lets go of caches and connections; for the end of the process. */
  close(): Promise<void> {
    return this.deps.close()
  }

  async #readThrough(selector: TokenSelector): Promise<ValidToken> {
    const looked = await this.deps.shelf.look(selector)
    const isShared = 'accessToken' in looked
    this.deps.reads[isShared ? 'shared' : 'stored'] += 1
    return isShared ? looked : this.deps.reader.serve(looked)
  }
}
