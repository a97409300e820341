import { errors, type HttpContext } from '@adonisjs/core/http'
import string from '@adonisjs/core/helpers/string'
import { appUrl } from '#config/app'
import { beginNotice, connectNotice, UNKNOWN_ATTEMPT, type Notice } from '#controllers/connect/connect_notice'
import type Connection from '#models/connection'
import { beginAuthorization } from '#oauth/authorization'
import { configProblems, RequestError } from '#oauth/template'
import type { Failure, Provider } from '#oauth/types'
import { finishConnect, type ConnectResult } from '#services/connect_flow'
import dashboard from '#services/dashboard_service'
import { Once } from '#services/once'
import {
  CONNECT_LIFETIME,
  isYoung,
  remember,
  take,
  type FinishedConnect,
  type PendingConnect,
} from '#services/pending_connects'
import { safeReturnTo } from '#validators/return_to'

const PENDING = 'connect.pending'
const FINISHED = 'connect.finished'
const CHOICE = '/accounts/connect'

/** Answers by state, so that a browser that sends the same redirect twice causes one exchange. */
const answers = new Once<ConnectResult>(CONNECT_LIFETIME)

/** Sends people to a provider and receives them when they come back. */
export default class ConnectController {
  async start(ctx: HttpContext) {
    const { engine, provider } = await this.#target(ctx)
    const renewed = await this.#renewed(ctx, provider)
    const config = renewed?.config ?? givenConfig(ctx, provider)
    const problem = whyNot(provider, config)
    if (problem) return this.#leave(ctx, CHOICE, { tone: 'bad', text: problem })
    const needs = ['authorization_endpoint', 'token_endpoint'] as const
    const resolved = await engine.discovery.resolve(provider, needs)
    if (!resolved.ok) return this.#refuse(ctx, provider, resolved.failure)
    try {
      const redirectUri = `${appUrl}/connect/${encodeURIComponent(provider.id)}/callback`
      const begun = beginAuthorization({ provider, server: resolved.server, redirectUri, config })
      this.#remember(ctx, {
        ...begun.pending,
        organizationId: ctx.membership.organizationId,
        userId: ctx.membership.userId,
        reconnect: renewed?.id ?? null,
        returnTo: safeReturnTo(ctx.request.input('return_to'), ''),
        startedAt: engine.clock.now(),
      })
      return sendAway(ctx, begun.url, provider.name)
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      return this.#refuse(ctx, provider, error.failure)
    }
  }

  async callback(ctx: HttpContext) {
    const { engine, provider } = await this.#target(ctx)
    ctx.response.header('Cache-Control', 'no-store').header('Referrer-Policy', 'no-referrer')
    const state = String(ctx.request.qs().state ?? '')
    const { found: pending, rest } = take<PendingConnect>(ctx.session.get(PENDING, []), state)
    if (!pending) {
      const { found: finished } = take<FinishedConnect>(ctx.session.get(FINISHED, []), state)
      return finished
        ? ctx.response.redirect().status(303).toPath(finished.path)
        : this.#leave(ctx, CHOICE, UNKNOWN_ATTEMPT)
    }
    // A state serves once, whatever comes of it.
    ctx.session.put(PENDING, rest)
    const { organizationId, userId } = ctx.membership
    const isOurs = pending.organizationId === organizationId && pending.userId === userId
    if (!isOurs || !isYoung(pending.startedAt, engine.clock.now())) {
      return this.#leave(ctx, CHOICE, UNKNOWN_ATTEMPT)
    }
    const fallback = await this.#fallback(ctx, pending)
    const url = new URL(ctx.request.url(true), appUrl).href
    const result = await answers.run(state, () => finishConnect(engine, { provider, pending, url, fallback }))
    return this.#finish(ctx, provider, pending, result)
  }

  async #target(ctx: HttpContext) {
    const engine = await ctx.containerResolver.make('engine')
    const provider = engine.providers.find(ctx.params.provider)
    if (!provider) throw notFound(ctx)
    return { engine, provider }
  }

  #remember({ session }: HttpContext, pending: PendingConnect): void {
    const others: PendingConnect[] = session.get(PENDING, [])
    session.put(
      PENDING,
      remember(others, pending, (one) => one.startedAt, pending.startedAt)
    )
  }

  /** The connection that is to be renewed, where one was named; it must be of this organization and provider. */
  async #renewed(ctx: HttpContext, provider: Provider): Promise<Connection | null> {
    const id: unknown = ctx.request.input('reconnect')
    if (id === undefined || id === null || id === '') return null
    const connection = await dashboard.connection(ctx.membership.organizationId, String(id))
    if (!connection || connection.provider !== provider.id) throw notFound(ctx)
    return connection
  }

  /** For providers that cannot name an account: the connection to be renewed, else the person who connects. */
  async #fallback(ctx: HttpContext, pending: PendingConnect) {
    const renewed = pending.reconnect
      ? await dashboard.connection(pending.organizationId, pending.reconnect)
      : null
    const owner = renewed?.owner ?? ctx.auth.use('web').getUserOrFail().email
    return { owner, accountId: renewed?.providerAccountId ?? owner }
  }

  #finish(ctx: HttpContext, provider: Provider, pending: PendingConnect, result: ConnectResult) {
    const notice = connectNotice(provider, result)
    if (!result.ok) {
      const { class: kind, code, status } = result.failure
      ctx.logger.warn(
        { provider: provider.id, step: result.step, class: kind, code, status },
        'connect failed'
      )
      return this.#leave(ctx, CHOICE, notice)
    }
    const path = pending.returnTo || `/accounts/${result.saved.connectionId}`
    const finished = { state: pending.state, path, at: Date.now() }
    ctx.session.put(
      FINISHED,
      remember<FinishedConnect>(ctx.session.get(FINISHED, []), finished, (one) => one.at, Date.now())
    )
    return this.#leave(ctx, path, notice)
  }

  #refuse(ctx: HttpContext, provider: Provider, failure: Failure) {
    ctx.logger.warn({ provider: provider.id, class: failure.class, code: failure.code }, 'connect not begun')
    return this.#leave(ctx, CHOICE, beginNotice(provider, failure))
  }

  #leave({ response, session }: HttpContext, path: string, notice: Notice) {
    session.flash('notice', notice)
    return response.redirect().status(303).toPath(path)
  }
}

function notFound({ request }: HttpContext) {
  return new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
}

function givenConfig({ request }: HttpContext, provider: Provider): Record<string, string> {
  const names = Object.keys(provider.config)
  return Object.fromEntries(names.map((name) => [name, String(request.input(`config.${name}`) ?? '').trim()]))
}

/** Why this provider cannot be connected by a redirect; null where it can. */
function whyNot(provider: Provider, config: Record<string, string>): string | null {
  if (!provider.client) return `${provider.name} is not configured yet: it has no client id.`
  if (provider.grantType !== 'authorization_code') {
    return `${provider.name} asks nobody for consent. Import its connections instead.`
  }
  const problems = configProblems(provider, config)
  return problems.length > 0 ? `${provider.name}: ${problems.join('. ')}.` : null
}

/**
 * Leaves for the provider. A browser compares every redirect after a form with the page's `form-action`, which admits
 * our own origin only, so it gets a page that moves on by itself; programs, which name no origin, get the plain redirect.
 */
function sendAway({ request, response }: HttpContext, url: string, name: string) {
  if (!request.header('origin')) return response.redirect().status(303).toPath(url)
  const [address, title] = [string.escapeHTML(url), string.escapeHTML(`Continue to ${name}`)]
  response.header('Cache-Control', 'no-store').header('Refresh', `0;url=${url}`).type('html')
  return response.send(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><p><a href="${address}">${title}</a></p></html>`
  )
}
