import { ExceptionHandler, type HttpContext } from '@adonisjs/core/http'
import type { HttpError } from '@adonisjs/core/types/http'
import { isTokenError, writeTokenProblem } from '#exceptions/token_problem'
import { wantsProblem, writeProblem, type FieldError } from '#exceptions/problem'

/** Errors raised before the shield ran carry no policy of its making; this one is as strict, and scriptless. */
const FALLBACK_POLICY =
  "default-src 'none';style-src 'self';font-src 'self';img-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'"

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  403: 'You are not allowed to do this.',
  404: 'There is nothing at this address, or it belongs to another organization.',
  413: 'The request is too large.',
  419: 'This page has been open for too long. Go back, reload it and try again.',
  429: 'Too many requests. Wait a moment, then try again.',
  500: 'Something broke on our side. The log has the details under the request id below.',
}

/** Turns exceptions into an error page with the request id, or into problem+json for programs. */
export default class HttpExceptionHandler extends ExceptionHandler {
  protected ignoreStatuses = [400, 401, 403, 404, 409, 413, 415, 419, 422, 429]

  async handle(error: unknown, ctx: HttpContext) {
    const known = this.toHttpError(error)
    if (isValidation(known)) return this.#refuseInput(known, ctx)
    const status = statusOf(known)
    addFallbackHeaders(ctx)
    if (isTokenError(error) && wantsProblem(ctx)) return writeTokenProblem(ctx, error)
    const detail = sentence(known, status)
    if (status === 429) passRetryAfter(known, ctx)
    if (wantsProblem(ctx)) return writeProblem(ctx, { status, code: codeOf(known, status), detail })
    ctx.response.status(status).header('Cache-Control', 'no-store')
    // Nobody was asked for a language before the router.
    if (!ctx.i18n) return ctx.response.type('text/plain').send(detail)
    const back = status === 419 ? pageBefore(ctx) : null
    const page = { status, back, ...pageWords(known, status, ctx), requestId: ctx.request.id() }
    return ctx.response.send(await ctx.view.render('pages/error', page))
  }

  /** What the token manager refuses is an answer, not trouble of ours: its own log line says it already. */
  protected shouldReport(error: HttpError): boolean {
    return !isTokenError(error) && super.shouldReport(error)
  }

  /** Forms get their fields back with messages; programs get the list. */
  #refuseInput(error: HttpError & { messages: unknown }, ctx: HttpContext) {
    if (!wantsProblem(ctx)) return this.renderValidationErrorAsHTML(error, ctx)
    const detail = 'Some fields are not valid.'
    const errors = fieldErrors(error.messages)
    writeProblem(ctx, { status: 422, code: 'validation_failed', detail, errors })
  }
}

function isValidation(error: HttpError): error is HttpError & { messages: unknown } {
  return error.code === 'E_VALIDATION_ERROR' && 'messages' in error
}

/** The words of the validator under the names of our problems. */
function fieldErrors(messages: unknown): FieldError[] {
  const list = (Array.isArray(messages) ? messages : []) as { field: string; rule: string; message: string }[]
  return list.map(({ field, rule, message }) => ({ field, code: rule, message }))
}

function statusOf(error: HttpError): number {
  if (error.code === 'E_BAD_CSRF_TOKEN') return 419
  return typeof error.status === 'number' && error.status >= 400 && error.status < 600 ? error.status : 500
}

/** Only our own refusals speak to people; other messages are for the log. */
function sentence(error: HttpError, status: number): string {
  if (error.code === 'E_NOT_ALLOWED') return error.message
  return SENTENCES[status] ?? SENTENCES[status >= 500 ? 500 : 400]
}

/** The page whose form was sent, where the browser names it and it is ours; as a path. */
function pageBefore({ request }: HttpContext): string | null {
  const referrer = request.header('referer')
  if (!referrer || !URL.canParse(referrer)) return null
  const { host, pathname, search } = new URL(referrer)
  // Two slashes would name another host.
  return host === request.host() && !pathname.startsWith('//') ? pathname + search : null
}

/** What the error page says, in the reader's language. */
function pageWords(error: HttpError, status: number, { i18n }: HttpContext) {
  const known = status in SENTENCES ? status : status >= 500 ? 500 : 400
  const own = error.code === 'E_NOT_ALLOWED' ? error.message : null
  return { title: i18n.t(`shell.errors.title.${known}`), detail: own ?? i18n.t(`shell.errors.text.${known}`) }
}

/** The codes of refusals that bring none. Programs decide by them, so they stay what they are. */
const CODES: Readonly<Record<number, string>> = {
  401: 'not_signed_in',
  403: 'not_allowed',
  404: 'not_found',
  409: 'not_possible_now',
  413: 'too_large',
  415: 'not_json',
  419: 'page_expired',
  422: 'not_valid',
  429: 'too_many_requests',
}

function codeOf(error: HttpError, status: number): string {
  if (status >= 500) return 'internal_error'
  return (error.code ?? CODES[status] ?? 'bad_request').replace(/^E_/, '').toLowerCase().replace(/\W+/g, '_')
}

function passRetryAfter(error: HttpError, ctx: HttpContext): void {
  const { response } = error as HttpError & { response?: { availableIn?: number } }
  if (response?.availableIn) ctx.response.header('Retry-After', String(response.availableIn))
}

function addFallbackHeaders({ response }: HttpContext): void {
  if (response.getHeader('content-security-policy')) return
  response.header('Content-Security-Policy', FALLBACK_POLICY)
  response.header('X-Frame-Options', 'DENY').header('X-Content-Type-Options', 'nosniff')
}
