import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { TokenRefreshError } from '#exceptions/token_refresh_error'
import type { ProviderRegistry } from '#oauth/registry'
import type { Secret } from '#oauth/secret'
import { isAlive, judgeRead, personProblem, type JudgedRead } from '#services/token_manager/judge_read'
import type { ValidToken } from '#services/token_manager/servable_token'
import { person, problemOf, unreadable, type TokenProblem } from '#services/token_manager/token_problem'
import type { TokenRow } from '#services/token_manager/token_row'
import type { Found, TokenShelf } from '#services/token_manager/token_shelf'
import type { TokenRefreshService } from '#services/token_refresh_service'

export interface ReaderDependencies {
  shelf: TokenShelf
  providers: Pick<ProviderRegistry, 'find'>
  refresh: Pick<TokenRefreshService, 'refreshOne'>
  /** How long a first strike waits for a second one, in milliseconds. */
  strikeWindow: number
  reconnectPath: (connectionId: string | null) => string
}

/** Does what the rules of a read say: hands the stored token out, refreshes first, or throws the typed error. */
export class TokenReader {
  constructor(private readonly deps: ReaderDependencies) {}

  /** The token of a row, refreshed first where the rules want it. */
  async serve(found: Found): Promise<ValidToken> {
    const judgement = judgeRead(this.read(found.row))
    if (judgement.type === 'refuse') return this.refuse(found.row, judgement.problem)
    return judgement.type === 'serve' ? this.open(found) : this.renew(found, judgement.of, null)
  }

  /**
   * Refreshes, then reads the row again: whatever came of it, what is committed decides. `refused` is never returned.
   */
  async renew(found: Found, of: 'itself' | 'parent', refused: Secret | null): Promise<ValidToken> {
    const { shelf, refresh } = this.deps
    const { row } = found
    const source = of === 'parent' ? await this.#parentOf(row) : row
    if ('who' in source) {
      return refused || !isAlive(this.read(row)) ? this.refuse(row, source) : this.open(found)
    }
    const { connectionId, tokenVersion } = source
    const outcome = await refresh.refreshOne(connectionId, { kind: 'on_demand', tokenVersion })
    const after = await shelf.read(row.organizationId, row.connectionId)
    if (!after) return this.refuse(row, person('not_found'))
    const problem = personProblem(this.read(after.row))
    if (problem) return this.refuse(after.row, problem)
    if (isAlive(this.read(after.row))) {
      const token = this.open(after)
      if (token.accessToken.reveal() !== refused?.reveal()) return token
    }
    return this.refuse(after.row, problemOf(outcome, after.row.nextRefreshAt, shelf.now()))
  }

  /** Opens the stored token. One that does not open is trouble that an operator can mend, never "no token". */
  open(found: Found): ValidToken {
    const { shelf } = this.deps
    const { row } = found
    return shelf.open(found) ?? this.refuse(row, unreadable(row.nextRefreshAt, shelf.now()))
  }

  /** A row with everything that the rules look at. */
  read(row: TokenRow): JudgedRead {
    const { providers, shelf, strikeWindow } = this.deps
    return { row, provider: providers.find(row.provider), now: shelf.now(), strikeWindow }
  }

  /** Throws the typed error that stands for a problem. */
  refuse({ connectionId, owner, provider }: TokenRow, problem: TokenProblem): never {
    if (problem.who === 'time') {
      const { code, retryAfter, reason: cause } = problem
      const reconnectPath = this.deps.reconnectPath(connectionId)
      throw new TokenRefreshError(code, { connectionId, provider, retryAfter, cause, reconnectPath })
    }
    const { code, instruction } = problem
    const known = code === 'not_found' ? null : connectionId
    const reconnectPath = this.deps.reconnectPath(known)
    throw new ReAuthRequiredError(code, { connectionId: known, owner, provider, reconnectPath, instruction })
  }

  /** The connection that a derived token comes from, or why no refresh of it may be sent now. */
  async #parentOf(row: TokenRow): Promise<TokenRow | TokenProblem> {
    const parent = await this.deps.shelf.read(row.organizationId, row.parentId ?? '')
    if (!parent) return person('reauth_required')
    // What the parent holds is no help to its children: only a refresh derives their tokens anew.
    const judgement = judgeRead({ ...this.read(parent.row), refused: true })
    return judgement.type === 'refuse' ? judgement.problem : parent.row
  }
}
