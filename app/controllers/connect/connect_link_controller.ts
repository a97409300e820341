import { errors, type HttpContext } from '@adonisjs/core/http'
import { prepareConnect, sendAway } from '#controllers/connect/begin_connect'
import { beginNotice } from '#controllers/connect/connect_notice'
import {
  LINK_ATTEMPTS,
  LINK_ENDS,
  linkActor,
  type FinishedLink,
  type LinkAttempt,
} from '#controllers/connect/link_callback'
import { doneAt, openLink, type OpenedLink } from '#controllers/connect/opened_link'
import { returnAddress } from '#services/connect_links/return_url'
import { loadProviderFacts } from '#services/load_provider_facts'
import { remember } from '#services/pending_connects'
import { connectLinkPath } from '#transformers/connect_link_url'

/** The pages of a connect link, for people without an account here: what it is about, and what came of it. */
export default class ConnectLinkController {
  async show(ctx: HttpContext) {
    const opened = await openLink(keptByNobody(ctx))
    return opened.ok ? this.#page(ctx, opened) : this.#refuse(ctx, opened)
  }

  /** Sends the person to the provider. The attempt is bound to this browser by the session that keeps it. */
  async start(ctx: HttpContext) {
    const opened = await openLink(keptByNobody(ctx))
    if (!opened.ok) return this.#refuse(ctx, opened)
    const { engine, link, provider, renewed } = opened
    await ctx.audit?.by(linkActor(link))
    const config = renewed?.config ?? link.config
    const prepared = await prepareConnect(engine, { provider, renewed, config })
    if (!prepared.ok) {
      const { class: kind, code } = prepared.failure
      ctx.logger.warn({ provider: provider.id, class: kind, code }, 'connect by a link not begun')
      const t = ctx.i18n.t.bind(ctx.i18n)
      ctx.response.status(503)
      return this.#page(ctx, opened, beginNotice(provider, prepared.failure, { t, isStaff: false }).text)
    }
    const startedAt = engine.clock.now()
    const place = { organizationId: link.organizationId, reconnect: renewed?.id ?? null, linkId: link.id }
    const attempt = { ...prepared.pending, ...place, startedAt }
    const others: LinkAttempt[] = ctx.session.get(LINK_ATTEMPTS, [])
    ctx.session.put(
      LINK_ATTEMPTS,
      remember(others, attempt, (one) => one.startedAt, startedAt)
    )
    return sendAway(ctx, prepared.url, provider.name)
  }

  /** What came of this browser's last attempt. Browsers refuse some redirects after a form: the page moves on by itself. */
  async done(ctx: HttpContext) {
    const ends: FinishedLink[] = keptByNobody(ctx).session.get(LINK_ENDS, [])
    const ended = ends.findLast(({ linkId }) => linkId === ctx.params.id)
    if (!ended) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    const link = await (await ctx.containerResolver.make('connectLinks')).find(ended.linkId)
    const href = link?.returnUrl ? returnAddress(link.returnUrl, ended.end, ended.connectionId) : null
    const isConnected = ended.end === 'connected'
    if (href !== null && isConnected) ctx.response.header('Refresh', `0;url=${href}`)
    return ctx.view.render('pages/connect_link_end', {
      title: ctx.i18n.t(isConnected ? 'connect.end.connected' : 'connect.end.not_connected'),
      notice: ended.notice,
      back: href === null ? null : { href, host: new URL(href).host },
      again: isConnected || !link ? null : connectLinkPath(link.id),
    })
  }

  async #page({ view, words }: HttpContext, opened: Extract<OpenedLink, { ok: true }>, trouble?: string) {
    const { engine, link, provider, organization, renewed } = opened
    const now = engine.clock.now()
    const account = renewed && (renewed.displayName ?? renewed.username ?? renewed.providerAccountId)
    const done = trouble === undefined ? doneAt(link, renewed) : null
    const facts = await loadProviderFacts(link.organizationId)
    return view.render('pages/connect_link', {
      provider: facts.look(provider.id),
      ...{ organization, trouble, owner: link.owner, scopes: provider.scopes },
      account,
      doneAt: done === null ? null : words.moment(done, now),
      action: connectLinkPath(link.id),
      until: words.moment(link.expiresAt, now),
    })
  }

  #refuse({ i18n, response, view }: HttpContext, { status, reason }: Extract<OpenedLink, { ok: false }>) {
    response.status(status)
    const title = i18n.t(`connect.unusable.${reason}.title`)
    const notice = { tone: 'bad', text: i18n.t(`connect.unusable.${reason}.text`) }
    return view.render('pages/connect_link_end', { title, notice, back: null, again: null })
  }
}

/** The address is a permission: no cache keeps it, and no other site is told of it. */
function keptByNobody(ctx: HttpContext): HttpContext {
  ctx.response.header('Cache-Control', 'no-store').header('Referrer-Policy', 'no-referrer')
  return ctx
}
