import type { Secret } from '#oauth/secret'
import { judgeRead, personProblem } from '#services/token_manager/judge_read'
import type { TokenSelector } from '#services/token_manager/selector'
import type { ValidToken } from '#services/token_manager/servable_token'
import { tokenKey } from '#services/token_manager/token_cache'
import { later, type TokenProblem } from '#services/token_manager/token_problem'
import type { TokenReader } from '#services/token_manager/token_reader'
import type { Found, TokenShelf } from '#services/token_manager/token_shelf'
import type { TokenValidator, TokenVerdict } from '#services/token_manager/token_validator'

export interface ReportDependencies {
  shelf: TokenShelf
  reader: TokenReader
  validator: TokenValidator
}

/** What the provider's endpoint for tokens says when it has none: nobody can be asked. */
const NOBODY_TO_ASK = 'no_validation'
const USUAL_WAIT = 30_000

/** Reports that a provider refused a token: each is checked with the provider, once for all who report it together. */
export class UnauthorizedReports {
  readonly #open = new Map<string, Promise<ValidToken>>()

  constructor(private readonly deps: ReportDependencies) {}

  /** The token to try next. A presented token that is not the stored one any more proves nothing against the stored one. */
  async receive(selector: TokenSelector, presented?: Secret | string): Promise<ValidToken> {
    const { shelf, reader } = this.deps
    const found = await shelf.find(selector)
    const stored = reader.open(found).accessToken
    shelf.forget(found.row.organizationId, found.row.connectionId)
    if (presented !== undefined && stored.reveal() !== textOf(presented)) return reader.serve(found)
    return this.#once(tokenKey(found.row.organizationId, found.row.connectionId), () =>
      this.#check(found, stored)
    )
  }

  #once(key: string, work: () => Promise<ValidToken>): Promise<ValidToken> {
    const running = this.#open.get(key)
    if (running) return running
    const check = work().finally(() => this.#open.delete(key))
    this.#open.set(key, check)
    return check
  }

  async #check(found: Found, refused: Secret): Promise<ValidToken> {
    const { shelf, reader, validator } = this.deps
    const { organizationId, connectionId } = found.row
    const problem = personProblem(reader.read(found.row))
    if (problem) return reader.refuse(found.row, problem)
    const verdict = await validator.validate(connectionId)
    // Somebody may have refreshed or reconnected meanwhile, and the check itself may have found a suspension.
    const now = (await shelf.read(organizationId, connectionId)) ?? found
    if (reader.open(now).accessToken.reveal() !== refused.reveal()) return reader.serve(now)
    const judgement = judgeRead({ ...reader.read(now.row), refused: verdict.state !== 'valid' })
    if (judgement.type === 'serve') return reader.open(now)
    if (judgement.type === 'refresh') return reader.renew(now, judgement.of, refusedBy(verdict, refused))
    return reader.refuse(now.row, softened(judgement.problem, verdict, shelf.now()))
  }
}

/** A token that the provider has just confirmed may be handed out again, should its refresh fail. */
function refusedBy({ state }: TokenVerdict, token: Secret): Secret | null {
  return state === 'valid' ? null : token
}

/** Where nothing can be refreshed and the provider could not be asked, it is too early to send for a person. */
function softened(problem: TokenProblem, verdict: TokenVerdict, now: number): TokenProblem {
  const undecided = verdict.state === 'unknown' && verdict.reason !== NOBODY_TO_ASK
  if (!undecided || problem.who !== 'person' || problem.code !== 'reauth_required') return problem
  const wait = verdict.retryAt === null ? USUAL_WAIT : verdict.retryAt - now
  return later('provider_unavailable', wait, verdict.reason)
}

function textOf(token: Secret | string): string {
  return typeof token === 'string' ? token : token.reveal()
}
