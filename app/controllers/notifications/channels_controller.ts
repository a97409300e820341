import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import {
  leave,
  notFound,
  notificationsOf,
  refuse,
  refusedForm,
  said,
} from '#controllers/notifications/form_answers'
import { mailIsConfigured } from '#config/mail'
import type { ChannelProblem } from '#notifications/channel_checks'
import type { Secret } from '#oauth/secret'
import { channelForms, channelRow } from '#transformers/channel_row'
import { timeZones } from '#transformers/time_zones'
import type { Translate } from '#transformers/translate'
import { readChannelForm } from '#validators/channel_form'

const LIST = '/alerts/channels'

/** Where a form that was refused waits for the page that shows it again. */
const REFUSED = 'channels.refused'

interface Values {
  name: string
  address: string
  locale: string
  timeZone: string
}

/** The receivers of an organization. What a URL holds beside its host is never shown; a signing secret is, once. */
export default class ChannelsController {
  async index(ctx: HttpContext) {
    const { channels } = await notificationsOf(ctx)
    const rows = (await channels.list(ctx.membership.organizationId)).map((one) => channelRow(one, say(ctx)))
    if (isUnchanged(ctx, { rows, dead: ctx.deadLetters })) return
    return ctx.view.render('pages/alerts/channels', { rows, now: Date.now() })
  }

  async show(ctx: HttpContext) {
    const channel = channelRow(await this.#channel(ctx), say(ctx))
    const { rules } = await notificationsOf(ctx)
    const feeding = (await rules.ofOrganization(ctx.membership.organizationId))
      .filter((rule) => rule.channels.includes(channel.id))
      .map(({ id, name }) => ({ id, name }))
    if (isUnchanged(ctx, { channel, feeding })) return
    const refused = refusedForm<Values>(ctx, REFUSED)
    return ctx.view.render('pages/alerts/channel', {
      channel,
      rules: feeding,
      now: Date.now(),
      form: channelForms(say(ctx)).find(({ value }) => value === channel.kind),
      values: refused?.values ?? { ...channel, address: '' },
      zones: timeZones(),
      problems: refused?.problems ?? {},
    })
  }

  create(ctx: HttpContext) {
    const refused = refusedForm<Values>(ctx, REFUSED)
    const wanted: unknown = ctx.request.input('kind')
    const kinds = channelForms(say(ctx))
    const { timeZone } = ctx.auth.use('web').getUserOrFail()
    return ctx.view.render('pages/alerts/new_channel', {
      kinds,
      kind: kinds.find(({ value }) => value === wanted) ?? null,
      values: refused?.values ?? { name: '', address: '', locale: ctx.i18n.locale, timeZone },
      zones: timeZones(),
      problems: refused?.problems ?? {},
      mailIsConfigured: mailIsConfigured(),
    })
  }

  /** A webhook's secret is shown in the answer to the form itself, so that no session ever holds it. */
  async store(ctx: HttpContext) {
    const { kind, values, ...asked } = readChannelForm(ctx.request.body())
    if (!kind) return ctx.response.redirect().status(303).toPath(`${LIST}/new`)
    const { channels } = await notificationsOf(ctx)
    const made = await channels.create(ctx.membership.organizationId, { kind, ...asked })
    if (!made.ok) {
      const problems = said(ctx, made.problems.map(beside))
      return refuse(ctx, `${LIST}/new?kind=${kind}`, { name: REFUSED, values, problems })
    }
    ctx.audit?.about({ id: made.id })
    if (!made.signingSecret) return leave(ctx, `${LIST}/${made.id}`, ctx.i18n.t('alerts.channel.added'))
    return showOnce(ctx, {
      channel: { id: made.id, name: asked.name },
      secret: made.signingSecret,
      rotated: false,
    })
  }

  async update(ctx: HttpContext) {
    const channel = await this.#channel(ctx)
    const { name, target, speech, values } = readChannelForm({ ...ctx.request.body(), kind: channel.kind })
    const { channels } = await notificationsOf(ctx)
    const change = target === '' ? { name, speech } : { name, target, speech }
    const done = await channels.update(ctx.membership.organizationId, channel.id, change)
    if (!done) throw notFound(ctx)
    if (done.ok) return leave(ctx, `${LIST}/${channel.id}`, ctx.i18n.t('alerts.saved'))
    const problems = said(ctx, done.problems.map(beside))
    return refuse(ctx, `${LIST}/${channel.id}`, { name: REFUSED, values, problems })
  }

  async rotate(ctx: HttpContext) {
    const channel = await this.#channel(ctx)
    const { channels } = await notificationsOf(ctx)
    const secret = await channels.rotateSecret(ctx.membership.organizationId, channel.id)
    if (!secret) return leave(ctx, `${LIST}/${channel.id}`, ctx.i18n.t('alerts.channel.no_secret'), 'bad')
    return showOnce(ctx, { channel, secret, rotated: true })
  }

  /** Sends a test and leads to its delivery, where the answer can be watched. */
  async test(ctx: HttpContext) {
    const { channels } = await notificationsOf(ctx)
    const delivery = await channels.test(ctx.membership.organizationId, ctx.params.id)
    if (!delivery) throw notFound(ctx)
    return ctx.response.redirect().status(303).toPath(`/alerts/deliveries/${delivery}`)
  }

  async enable(ctx: HttpContext) {
    const { channels } = await notificationsOf(ctx)
    if (!(await channels.enable(ctx.membership.organizationId, ctx.params.id))) throw notFound(ctx)
    return leave(ctx, `${LIST}/${ctx.params.id}`, ctx.i18n.t('alerts.channel.enabled'))
  }

  async destroy(ctx: HttpContext) {
    const { name } = await this.#channel(ctx)
    const { channels } = await notificationsOf(ctx)
    await channels.remove(ctx.membership.organizationId, ctx.params.id)
    return leave(ctx, LIST, ctx.i18n.t('alerts.channel.removed', { name }))
  }

  /** A channel of this organization; every other one is not found. */
  async #channel(ctx: HttpContext) {
    const { channels } = await notificationsOf(ctx)
    const found = await channels.find(ctx.membership.organizationId, ctx.params.id)
    if (!found) throw notFound(ctx)
    return found
  }
}

interface Shown {
  channel: { id: string; name: string }
  secret: Secret
  rotated: boolean
}

function showOnce({ response, view }: HttpContext, { channel, secret, rotated }: Shown) {
  response.header('Cache-Control', 'no-store')
  return view.render('pages/alerts/secret', { channel, secret: secret.reveal(), rotated })
}

const say = ({ i18n }: HttpContext): Translate => i18n.t.bind(i18n)

/** The field of the form; it cannot be called `target`, which is a property of every form. */
function beside(problem: ChannelProblem) {
  return { ...problem, field: problem.field === 'target' ? 'address' : problem.field }
}
