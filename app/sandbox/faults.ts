import type { Context } from 'oidc-provider'

/** The ways in which the sandbox can fail a refresh on request, and what each one is called on the control page. */
export const FAULTS = {
  unavailable: '503 temporarily_unavailable',
  rate_limited: '429 with Retry-After',
  bad_gateway: '502 with an HTML page',
  reset: 'answer lost after rotating',
  invalid_client: '401 invalid_client',
  invalid_grant: '400 invalid_grant by mistake',
} as const

export type FaultKind = keyof typeof FAULTS

/** How the token endpoint behaves while the provider is down. */
export type DownMode = 'unavailable' | 'hang_up'

/** Refreshes that are still to fail. Without an account, anybody's. */
export interface PlannedFault {
  kind: FaultKind
  remaining: number
  accountId: string | null
  /** Seconds, for `rate_limited`. */
  retryAfter: number
}

/** Holds what is to go wrong next. */
export class Faults {
  #planned: PlannedFault[] = []
  downMode: DownMode | null = null

  get planned(): readonly PlannedFault[] {
    return this.#planned
  }

  /** Adds to what is planned; 0 refreshes clear the plan. */
  plan(fault: PlannedFault): void {
    if (fault.remaining < 1) this.clear()
    else this.#planned.push(fault)
  }

  clear(): void {
    this.#planned = []
  }

  /** The fault that this refresh has to meet, counted off; null when it may pass. */
  take(accountId: string | null): PlannedFault | null {
    const fault = this.#planned.find((each) => each.accountId === null || each.accountId === accountId)
    if (!fault) return null
    fault.remaining -= 1
    this.#planned = this.#planned.filter((each) => each.remaining > 0)
    return fault
  }
}

const GATEWAY_PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n'

/** Gives the answer of a fault in place of the provider's. `reset` has none: see `breakOff`. */
export function answerFault(ctx: Context, kind: Exclude<FaultKind, 'reset'>, retryAfter: number): void {
  ctx.set('Cache-Control', 'no-store')
  switch (kind) {
    case 'unavailable':
      return answer(ctx, 503, 'temporarily_unavailable', 'The sandbox was asked to be unavailable.')
    case 'rate_limited':
      ctx.set('Retry-After', String(retryAfter))
      return answer(ctx, 429, 'slow_down', 'The sandbox was asked to limit the rate.')
    case 'invalid_client':
      ctx.set('WWW-Authenticate', 'Basic realm="sandbox"')
      return answer(ctx, 401, 'invalid_client', 'client authentication failed')
    case 'invalid_grant':
      return answer(ctx, 400, 'invalid_grant', 'grant request is invalid')
    case 'bad_gateway':
      ctx.status = 502
      ctx.type = 'html'
      ctx.body = GATEWAY_PAGE
  }
}

/** Writes half of the answer that was due, then resets the connection: what was rotated stays rotated. */
export function breakOff(ctx: Context): void {
  const body = Buffer.from(JSON.stringify(ctx.body))
  ctx.respond = false
  ctx.res.writeHead(ctx.status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
  })
  ctx.res.write(body.subarray(0, body.length >> 1), () => ctx.req.socket.resetAndDestroy())
}

/** Resets the connection without an answer. */
export function hangUp(ctx: Context): void {
  ctx.respond = false
  ctx.req.socket.resetAndDestroy()
}

function answer(ctx: Context, status: number, error: string, description: string): void {
  ctx.status = status
  ctx.body = { error, error_description: description }
}
