import { errors, type HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import { beginConnect, PENDING } from '#controllers/connect/begin_connect'
import { beginNotice, connectNotice, unknownAttempt, type Notice } from '#controllers/connect/connect_notice'
import type Connection from '#models/connection'
import type { Failure, Provider } from '#oauth/types'
import { mayReconnect } from '#policies/channel_policy'
import { mayAct } from '#policies/roles'
import { finishConnect, type ConnectResult } from '#services/connect_flow'
import { connectProblem } from '#services/connectable'
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

const FINISHED = 'connect.finished'
/** Where people choose what to connect: all providers, or the own channels. */
const choiceOf = ({ membership }: HttpContext) =>
  mayAct(membership.role) ? '/accounts/connect' : '/streamer'

/** Answers by state, so that a browser that sends the same redirect twice causes one exchange. */
const answers = new Once<ConnectResult>(CONNECT_LIFETIME)

/** Sends people to a provider and receives them when they come back. */
export default class ConnectController {
  async start(ctx: HttpContext) {
    const { engine, provider } = await this.#target(ctx)
    const renewed = await this.#renewed(ctx, provider)
    const config = renewed?.config ?? givenConfig(ctx, provider)
    const problem = connectProblem(provider, config)
    if (problem) {
      const text = ctx.i18n.t(`connect.not_connectable.${problem.reason}`, problem.values)
      return this.#leave(ctx, choiceOf(ctx), { tone: 'bad', text })
    }
    ctx.audit?.note({ provider: provider.id, reconnect: renewed?.id ?? null })
    const failure = await beginConnect(ctx, engine, { provider, renewed, config })
    return failure ? this.#refuse(ctx, provider, failure) : undefined
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
        : this.#leave(ctx, choiceOf(ctx), unknownAttempt(ctx.i18n.t.bind(ctx.i18n)))
    }
    // A state serves once, whatever comes of it.
    ctx.session.put(PENDING, rest)
    const { organizationId, userId } = ctx.membership
    const isOurs = pending.organizationId === organizationId && pending.userId === userId
    if (!isOurs || !isYoung(pending.startedAt, engine.clock.now())) {
      return this.#leave(ctx, choiceOf(ctx), unknownAttempt(ctx.i18n.t.bind(ctx.i18n)))
    }
    const fallback = await this.#fallback(ctx, pending)
    const url = new URL(ctx.request.url(true), appUrl).href
    const ownerUserId = mayAct(ctx.membership.role) ? null : userId
    const input = { provider, pending, url, fallback, ownerUserId }
    const result = await answers.run(state, () => finishConnect(engine, input))
    return this.#finish(ctx, provider, pending, result)
  }

  async #target(ctx: HttpContext) {
    const engine = await ctx.containerResolver.make('engine')
    const provider = await engine.catalogue.resolve(ctx.membership.organizationId, ctx.params.provider)
    if (!provider) throw notFound(ctx)
    return { engine, provider }
  }

  /** The connection that is to be renewed, where one was named: of this organization and provider, and this person's to renew. */
  async #renewed(ctx: HttpContext, provider: Provider): Promise<Connection | null> {
    const id: unknown = ctx.request.input('reconnect')
    if (id === undefined || id === null || id === '') return null
    const connection = await dashboard.connection(ctx.membership.organizationId, String(id))
    if (connection?.provider !== provider.id || !mayReconnect(ctx.membership, connection)) throw notFound(ctx)
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
    const isStaff = mayAct(ctx.membership.role)
    const notice = connectNotice(provider, result, { t: ctx.i18n.t.bind(ctx.i18n), isStaff })
    if (!result.ok) {
      const { class: kind, code, status } = result.failure
      ctx.logger.warn(
        { provider: provider.id, step: result.step, class: kind, code, status },
        'connect failed'
      )
      return this.#leave(ctx, choiceOf(ctx), notice)
    }
    ctx.audit?.about({ id: result.saved.connectionId })
    const path = pending.returnTo || (isStaff ? `/accounts/${result.saved.connectionId}` : choiceOf(ctx))
    const finished = { state: pending.state, path, at: Date.now() }
    ctx.session.put(
      FINISHED,
      remember<FinishedConnect>(ctx.session.get(FINISHED, []), finished, (one) => one.at, Date.now())
    )
    return this.#leave(ctx, path, notice)
  }

  #refuse(ctx: HttpContext, provider: Provider, failure: Failure) {
    ctx.logger.warn({ provider: provider.id, class: failure.class, code: failure.code }, 'connect not begun')
    const listener = { t: ctx.i18n.t.bind(ctx.i18n), isStaff: mayAct(ctx.membership.role) }
    return this.#leave(ctx, choiceOf(ctx), beginNotice(provider, failure, listener))
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
