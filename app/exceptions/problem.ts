import { STATUS_CODES } from 'node:http'
import type { HttpContext } from '@adonisjs/core/http'

/** One field of the input, as callers name it, and what is wrong with it. */
export interface FieldError {
  field: string
  code: string
  message: string
}

/** An error answer as RFC 9457 wants it, before the fields that every answer has. */
export interface Problem {
  status: number
  code: string
  detail: string
  /** What is wrong with which field of the input. */
  errors?: readonly FieldError[]
  /** Where a person connects or reconnects the account that this is about. */
  reconnectUrl?: string
  /** Further members, as only this kind of problem has them (RFC 9457 §3.2). */
  more?: Readonly<Record<string, unknown>>
}

/** The phrases of RFC 9110 that Node words differently, and the one status that it does not know. */
const PHRASES: Readonly<Record<number, string>> = {
  413: 'Content Too Large',
  419: 'Page Expired',
  422: 'Unprocessable Content',
}

/** The phrase of a status: what RFC 9457 (§4.2.1) wants as the title of a problem without a type of its own. */
export function titleOf(status: number): string {
  return PHRASES[status] ?? STATUS_CODES[status] ?? (status >= 500 ? 'Internal Server Error' : 'Bad Request')
}

/** Programs get problem+json: everything below `/api/` and what operators ask, and whoever asks for JSON. */
export function wantsProblem(ctx: HttpContext): boolean {
  return isApi(ctx) || ctx.request.accepts(['html', 'json']) === 'json'
}

/** Below these paths are the calls for programs, without session, cookies and pages; the reference of the API is a page. */
export function isApi({ request }: HttpContext): boolean {
  return /^\/(api\/(?!docs\/?$)|health\/|metrics$)/.test(request.url())
}

/** Answers with `application/problem+json`. */
export function writeProblem(ctx: HttpContext, problem: Problem): void {
  const body = {
    type: 'about:blank',
    title: titleOf(problem.status),
    status: problem.status,
    detail: problem.detail,
    instance: ctx.request.url(),
    code: problem.code,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...(problem.reconnectUrl === undefined ? {} : { reconnect_url: problem.reconnectUrl }),
    ...problem.more,
    request_id: ctx.request.id() ?? null,
  }
  ctx.response.status(problem.status).header('Content-Type', 'application/problem+json; charset=utf-8')
  ctx.response.header('Cache-Control', 'no-store')
  ctx.response.send(JSON.stringify(body))
}
