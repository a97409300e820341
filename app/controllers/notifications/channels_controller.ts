import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import {
  leave,
  notFound,
  notificationsOf,
  refuse,
  refusedForm,
  type Problem,
} from '#controllers/notifications/form_answers'
import { mailIsConfigured } from '#config/mail'
import type { Secret } from '#oauth/secret'
import { CHANNEL_FORMS, channelRow } from '#transformers/channel_row'
import { readChannelForm } from '#validators/channel_form'

const LIST = '/alerts/channels'

/** Where a form that was refused waits for the page that shows it again. */
const REFUSED = 'channels.refused'

interface Values {
  name: string
  address: string
}

/** The receivers of an organization. What a URL holds beside its host is never shown; a signing secret is, once. */
export default class ChannelsController {
  async index(ctx: HttpContext) {
    const { channels } = await notificationsOf(ctx)
    const rows = (await channels.list(ctx.membership.organizationId)).map(channelRow)
    if (isUnchanged(ctx, { rows, dead: ctx.deadLetters })) return
    return ctx.view.render('pages/alerts/channels', { rows, now: Date.now() })
  }

  async show(ctx: HttpContext) {
    const channel = channelRow(await this.#channel(ctx))
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
      form: CHANNEL_FORMS.find(({ value }) => value === channel.kind),
      values: refused?.values ?? { name: channel.name, address: '' },
      problems: refused?.problems ?? {},
    })
  }

  create(ctx: HttpContext) {
    const refused = refusedForm<Values>(ctx, REFUSED)
    const wanted: unknown = ctx.request.input('kind')
    return ctx.view.render('pages/alerts/new_channel', {
      kinds: CHANNEL_FORMS,
      kind: CHANNEL_FORMS.find(({ value }) => value === wanted) ?? null,
      values: refused?.values ?? { name: '', address: '' },
      problems: refused?.problems ?? {},
      mailIsConfigured: mailIsConfigured(),
    })
  }

  /** A webhook's secret is shown in the answer to the form itself, so that no session ever holds it. */
  async store(ctx: HttpContext) {
    const { kind, name, target, values } = readChannelForm(ctx.request.body())
    if (!kind) return ctx.response.redirect().status(303).toPath(`${LIST}/new`)
    const { channels } = await notificationsOf(ctx)
    const made = await channels.create(ctx.membership.organizationId, { kind, name, target })
    if (!made.ok) {
      const problems = made.problems.map(beside)
      return refuse(ctx, `${LIST}/new?kind=${kind}`, { name: REFUSED, values, problems })
    }
    if (!made.signingSecret) return leave(ctx, `${LIST}/${made.id}`, 'The channel is there. Send a test now.')
    return showOnce(ctx, { channel: { id: made.id, name }, secret: made.signingSecret, rotated: false })
  }

  async update(ctx: HttpContext) {
    const channel = await this.#channel(ctx)
    const { name, target } = readChannelForm(ctx.request.body())
    const { channels } = await notificationsOf(ctx)
    const change = target === '' ? { name } : { name, target }
    const done = await channels.update(ctx.membership.organizationId, channel.id, change)
    if (!done) throw notFound(ctx)
    if (done.ok) return leave(ctx, `${LIST}/${channel.id}`, 'Saved.')
    const values = { name, address: channel.kind === 'email' ? target : '' }
    return refuse(ctx, `${LIST}/${channel.id}`, {
      name: REFUSED,
      values,
      problems: done.problems.map(beside),
    })
  }

  async rotate(ctx: HttpContext) {
    const channel = await this.#channel(ctx)
    const { channels } = await notificationsOf(ctx)
    const secret = await channels.rotateSecret(ctx.membership.organizationId, channel.id)
    if (!secret) return leave(ctx, `${LIST}/${channel.id}`, 'This channel has no secret to rotate.', 'bad')
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
    return leave(
      ctx,
      `${LIST}/${ctx.params.id}`,
      'The channel is used again. Send a test to see that it works.'
    )
  }

  async destroy(ctx: HttpContext) {
    const { name } = await this.#channel(ctx)
    const { channels } = await notificationsOf(ctx)
    await channels.remove(ctx.membership.organizationId, ctx.params.id)
    return leave(ctx, LIST, `${name} is removed.`)
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

/** The field of the form; it cannot be called `target`, which is a property of every form. */
function beside({ field, message }: { field: string; message: string }): Problem {
  return { field: field === 'target' ? 'address' : field, message }
}
