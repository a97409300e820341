import type Provider from 'oidc-provider'
import type { Middleware } from 'oidc-provider'
import { consentPage } from '#sandbox/consent_page'
import { controlPage } from '#sandbox/control_page'
import { pageGuard } from '#sandbox/page_guard'
import { tokenGate } from '#sandbox/token_gate'
import type { SandboxAccount } from '#sandbox/accounts'
import type { SandboxControl } from '#sandbox/control'
import type { Faults } from '#sandbox/faults'
import type { RequestLog } from '#sandbox/request_log'
import type { SandboxStore } from '#sandbox/store'
import type { ControlState } from '#sandbox/views/control_view'

interface Parts {
  provider: Provider
  store: SandboxStore
  faults: Faults
  log: RequestLog
  control: SandboxControl
  accounts: readonly SandboxAccount[]
  redirectUris: readonly string[]
  /** Seconds. */
  accessTokenLifetime: number
}

/** What a request passes before it reaches `oidc-provider`, in this order. */
export function sandboxMiddleware(parts: Parts): Middleware[] {
  const startedAt = Date.now()
  return [
    pageGuard(parts.provider.issuer, parts.redirectUris),
    controlPage(parts.control, () => controlState(parts, startedAt)),
    consentPage(parts.provider, parts.accounts),
    askForConsent,
    tokenGate(parts),
  ]
}

/**
 * `oidc-provider` drops `offline_access` unless the client asks for `prompt=consent` (OpenID Connect Core §11). Our page
 * asks the owner every time, so the condition holds in any case.
 */
const askForConsent: Middleware = async (ctx, next) => {
  if (ctx.path === '/auth' && ctx.query.prompt !== 'none') ctx.query = { ...ctx.query, prompt: 'consent' }
  return next()
}

function controlState(parts: Parts, startedAt: number): ControlState {
  const { store, faults, log, accounts, redirectUris, accessTokenLifetime } = parts
  return {
    appUrl: new URL(redirectUris[0]).origin,
    accessTokenLifetime,
    accounts,
    states: accounts.map(({ id }) => store.accountState(id)),
    planned: faults.planned,
    downMode: faults.downMode,
    requests: log.recent,
    startedAt,
  }
}
