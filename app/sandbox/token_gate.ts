import type Provider from 'oidc-provider'
import type { Context, Middleware, ProviderError } from 'oidc-provider'
import { answerFault, breakOff, hangUp } from '#sandbox/faults'
import { bufferForm } from '#sandbox/form'
import type { Faults } from '#sandbox/faults'
import type { RequestLog, RequestOutcome } from '#sandbox/request_log'
import type { SandboxStore } from '#sandbox/store'

interface Parts {
  provider: Provider
  store: SandboxStore
  faults: Faults
  log: RequestLog
}

/** Stands before the token endpoint: lets requests pass, fails them as planned, and writes down how each one ended. */
export function tokenGate({ provider, store, faults, log }: Parts): Middleware {
  provider.on('grant.error', (ctx: Context, error: ProviderError) => {
    ctx.state.oauthError = error
  })
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/token') return next()
    const form = await bufferForm(ctx)
    const grantType = form.get('grant_type') ?? 'unknown'
    const owner = store.ownerOf(form.get('refresh_token') ?? '')
    const outcome = faults.downMode
      ? goDown(ctx, faults.downMode)
      : (grantType === 'refresh_token' && (await failAsPlanned(ctx, next, faults, owner))) ||
        (await pass(ctx, next))
    const accountId = owner ?? ctx.oidc?.entities.Account?.accountId ?? null
    if (outcome === 'granted' && grantType === 'refresh_token' && accountId) store.countRefresh(accountId)
    log.add({ at: Date.now(), accountId, grantType, outcome, error: errorCode(ctx) })
  }
}

function goDown(ctx: Context, mode: 'unavailable' | 'hang_up'): RequestOutcome {
  if (mode === 'hang_up') hangUp(ctx)
  else answerFault(ctx, 'unavailable', 0)
  return 'down'
}

async function failAsPlanned(
  ctx: Context,
  next: () => Promise<void>,
  faults: Faults,
  owner: string | null
): Promise<RequestOutcome | null> {
  const fault = faults.take(owner)
  if (!fault) return null
  if (fault.kind !== 'reset') {
    answerFault(ctx, fault.kind, fault.retryAfter)
    return fault.kind
  }
  await next()
  breakOff(ctx)
  return 'reset'
}

async function pass(ctx: Context, next: () => Promise<void>): Promise<RequestOutcome> {
  await next()
  const error = ctx.state.oauthError as ProviderError | undefined
  if (!error && ctx.status === 200) return 'granted'
  return error?.error_detail?.includes('already used') ? 'reused' : 'refused'
}

function errorCode(ctx: Context): string | null {
  const { error } = (ctx.body ?? {}) as { error?: unknown }
  return typeof error === 'string' ? error : null
}
