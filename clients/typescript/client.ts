import createFetchClient, { type Client } from 'openapi-fetch'
import type { components, paths } from './schema.js'

/** The problem that a call answers with where it does not succeed (RFC 9457). Decide by `code`. */
export type Problem = components['schemas']['Problem']

export type EvergrantClient = Client<paths>

export interface ClientOptions {
  /** Where Evergrant answers, such as `https://evergrant.example.com`. */
  baseUrl: string
  /** A key of one organization: `node ace api-key:create`. */
  apiKey: string
  /** Stands in for the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>
}

/** A client of the HTTP API. Paths, input and answers are typed by the API's own description. */
export function evergrant({ baseUrl, apiKey, fetch }: ClientOptions): EvergrantClient {
  const headers = { authorization: `Bearer ${apiKey}` }
  return createFetchClient<paths>({ baseUrl: baseUrl.replace(/\/+$/, ''), headers, fetch })
}

/** A call that did not succeed, with the problem that it was answered with. */
export class EvergrantError extends Error {
  override readonly name = 'EvergrantError'
  readonly status: number
  /** Stable; null where the answer came from something in between, such as a proxy. */
  readonly code: string | null
  readonly problem: Partial<Problem>
  /** In milliseconds; null where waiting does not help, or nobody knows. */
  readonly retryAfter: number | null

  constructor(problem: Partial<Problem>, response: Response) {
    super(problem.detail ?? `HTTP ${response.status}`)
    this.status = response.status
    this.code = problem.code ?? null
    this.problem = problem
    const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
    this.retryAfter = Number.isNaN(seconds) ? null : seconds * 1_000
  }
}

/** What a call answered; throws `EvergrantError` where it did not succeed. */
export async function answerOf<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>
): Promise<Data> {
  const { data, error, response } = await call
  if (response.ok) return data as Data
  const isProblem = typeof error === 'object' && error !== null
  throw new EvergrantError(isProblem ? (error as Partial<Problem>) : {}, response)
}
