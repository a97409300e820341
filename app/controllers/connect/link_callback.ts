import { errors, type HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import { busy, linkOutcome, tooLate, type LinkOutcome } from '#controllers/connect/link_notice'
import { accountOf } from '#controllers/connect/opened_link'
import type { Provider } from '#oauth/types'
import type { Actor } from '#services/audit/types'
import type { Engine } from '#services/build_engine'
import { finishConnect, type ConnectResult } from '#services/connect_flow'
import type { ConnectLink } from '#services/connect_links/connect_links'
import { Once } from '#services/once'
import { CONNECT_LIFETIME, isYoung, remember, take, type BegunConnect } from '#services/pending_connects'

/** Where the session keeps the attempts that were begun by a link, and how they ended. */
export const LINK_ATTEMPTS = 'connect.link_attempts'
export const LINK_ENDS = 'connect.link_ends'

/** An attempt that somebody began by a link, as the session of that browser keeps it. Plain JSON. */
export interface LinkAttempt extends BegunConnect {
  linkId: string
}

export interface FinishedLink extends LinkOutcome {
  state: string
  linkId: string
  at: number
}

/** Answers by state, so that a browser that sends the same redirect twice causes one exchange. */
const answers = new Once<LinkOutcome>(CONNECT_LIFETIME)

/**
 * Receives a person who left by a link and comes back from the provider. False, with no answer sent, where this browser
 * began no such attempt: then the redirect is a member's, who must be signed in.
 */
export async function answerLinkCallback(ctx: HttpContext): Promise<boolean> {
  const state = String(ctx.request.qs().state ?? '')
  const ends: FinishedLink[] = ctx.session.get(LINK_ENDS, [])
  const { found: attempt, rest } = take<LinkAttempt>(ctx.session.get(LINK_ATTEMPTS, []), state)
  const linkId = attempt?.linkId ?? take(ends, state).found?.linkId
  if (linkId === undefined) return false
  ctx.response.header('Cache-Control', 'no-store').header('Referrer-Policy', 'no-referrer')
  if (attempt) {
    // A state serves once, whatever comes of it.
    ctx.session.put(LINK_ATTEMPTS, rest)
    const outcome = await finish(ctx, attempt)
    const { now } = (await ctx.containerResolver.make('engine')).clock
    const ended = { state, linkId, at: now(), ...outcome }
    const kept = remember<FinishedLink>(ends, ended, (one) => one.at, ended.at)
    ctx.session.put(LINK_ENDS, kept)
  }
  ctx.response.redirect().status(303).toPath(`/link/${linkId}/done`)
  return true
}

async function finish(ctx: HttpContext, attempt: LinkAttempt): Promise<LinkOutcome> {
  const engine = await ctx.containerResolver.make('engine')
  const provider = await engine.catalogue.resolve(attempt.organizationId, ctx.params.provider)
  if (!provider) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
  if (!isYoung(attempt.startedAt, engine.clock.now())) return tooLate(ctx.i18n.t.bind(ctx.i18n))
  return answers.run(attempt.state, () => useLink(ctx, engine, provider, attempt))
}

/** One attempt at a time: the account of the first is the only one that the link connects from then on. */
async function useLink(ctx: HttpContext, engine: Engine, provider: Provider, attempt: LinkAttempt) {
  const links = await ctx.containerResolver.make('connectLinks')
  const link = await links.claim(attempt.linkId)
  const t = ctx.i18n.t.bind(ctx.i18n)
  if (!link) return busy(t)
  await ctx.audit?.by(linkActor(link))
  let outcome: LinkOutcome | null = null
  try {
    const url = new URL(ctx.request.url(true), appUrl).href
    const result = await connect(engine, provider, { link, attempt, url })
    if (!result.ok) report(ctx, provider, result)
    if (result.ok) ctx.audit?.about({ id: result.saved.connectionId })
    outcome = linkOutcome(provider, result, t)
    return outcome
  } finally {
    await links.settle(link.id, outcome?.connectionId ?? null)
  }
}

/** People without an account here act under the name that the link's maker gave them. */
export function linkActor({ id, owner, organizationId }: ConnectLink): Actor {
  return { kind: 'link', id, name: owner, organizationId }
}

interface Way {
  link: ConnectLink
  attempt: LinkAttempt
  url: string
}

async function connect(engine: Engine, provider: Provider, { link, attempt, url }: Way) {
  const account = await accountOf(link)
  return finishConnect(engine, {
    ...{ provider, url, pending: attempt, owner: link.owner, ownerUserId: null },
    fallback: { owner: link.owner, accountId: account?.providerAccountId ?? link.owner },
    onlyAccount: account?.providerAccountId ?? null,
  })
}

function report({ logger }: HttpContext, { id }: Provider, result: Extract<ConnectResult, { ok: false }>) {
  const { class: kind, code, status } = result.failure
  logger.warn({ provider: id, step: result.step, class: kind, code, status }, 'connect by a link failed')
}
