import type { HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import { writeProblem } from '#exceptions/problem'
import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { TokenRefreshError } from '#exceptions/token_refresh_error'

type TokenError = ReAuthRequiredError | TokenRefreshError

/** One of the two errors that a read of a token throws. */
export function isTokenError(error: unknown): error is TokenError {
  return error instanceof ReAuthRequiredError || error instanceof TokenRefreshError
}

/** Answers with the code of SPEC §5.3 and, where time helps, with `Retry-After` in whole seconds. */
export function writeTokenProblem(ctx: HttpContext, error: TokenError): void {
  const { status, code, message: detail } = error
  if (error instanceof TokenRefreshError) {
    ctx.response.header('Retry-After', String(Math.ceil(error.retryAfter / 1000)))
  }
  const { reconnectPath } = error
  const reconnectUrl = reconnectPath === null ? undefined : new URL(reconnectPath, appUrl).href
  writeProblem(ctx, { status, code, detail, reconnectUrl })
}
