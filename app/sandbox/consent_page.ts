import type Provider from 'oidc-provider'
import type { Context, Interaction, Middleware } from 'oidc-provider'
import { readForm } from '#sandbox/form'
import { consentView } from '#sandbox/views/consent_view'
import { errorPage } from '#sandbox/views/error_page'
import type { SandboxAccount } from '#sandbox/accounts'

const PATH = /^\/interaction\/[\w-]+$/

/**
 * Asks for account and permission in one page. Nobody stays signed in: each connection starts with the choice of an
 * account, otherwise a newcomer could connect only one.
 */
export function consentPage(provider: Provider, accounts: readonly SandboxAccount[]): Middleware {
  return async (ctx, next) => {
    if (!PATH.test(ctx.path)) return next()
    const interaction = await provider.interactionDetails(ctx.req, ctx.res).catch(() => null)
    if (!interaction) return expired(ctx)
    if (ctx.method === 'POST') return answer(ctx, provider, accounts, interaction)
    ask(ctx, accounts, interaction)
  }
}

function ask(ctx: Context, accounts: readonly SandboxAccount[], { uid, params }: Interaction): void {
  const hint = params.login_hint
  const chosen = accounts.find((account) => account.id === hint || account.username === hint)
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'html'
  ctx.body = consentView({
    uid,
    client: 'Evergrant',
    scopes: (params.scope ?? '').split(' ').filter(Boolean),
    accounts,
    chosen: chosen?.id ?? null,
  })
}

async function answer(
  ctx: Context,
  provider: Provider,
  accounts: readonly SandboxAccount[],
  interaction: Interaction
): Promise<void> {
  const form = await readForm(ctx)
  const account = accounts.find(({ id }) => id === form.get('account'))
  const decision = form.get('decision')
  if (decision === 'deny') return finish(ctx, provider, DENIED)
  if (decision !== 'allow' || !account) {
    ask(ctx, accounts, interaction)
    ctx.status = 400
    return
  }
  const clientId = interaction.params.client_id ?? ''
  const grant = new provider.Grant({ accountId: account.id, clientId })
  grant.addOIDCScope(interaction.params.scope ?? 'openid')
  return finish(ctx, provider, {
    login: { accountId: account.id },
    consent: { grantId: await grant.save() },
  })
}

const DENIED = { error: 'access_denied', error_description: 'The owner of the account said no.' }

async function finish(
  ctx: Context,
  provider: Provider,
  result: Parameters<Provider['interactionFinished']>[2]
): Promise<void> {
  ctx.respond = false
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false })
}

function expired(ctx: Context): void {
  ctx.status = 400
  ctx.type = 'html'
  ctx.body = errorPage(
    'This question is no longer open',
    'It was answered already, or too much time went by. Go back to Evergrant and connect again.'
  )
}
