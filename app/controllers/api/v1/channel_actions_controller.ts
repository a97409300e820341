import type { HttpContext } from '@adonisjs/core/http'
import { notFound } from '#controllers/api/v1/answers'
import { channelOf, notificationsOf } from '#controllers/api/v1/channel_of'
import { eventsOfChannels } from '#controllers/api/v1/channel_rules'
import { writeProblem } from '#exceptions/problem'
import { apiChannel } from '#transformers/api_channel'
import { noInput } from '#validators/api_input'

/** What is done to one receiver. */
export default class ChannelActionsController {
  /** Sends a test at the next tick, to a disabled receiver too: 202 with where to look at what becomes of it. */
  async test(ctx: HttpContext) {
    const channel = await target(ctx)
    if (!channel) return notFound(ctx, 'channel')
    const { channels } = await notificationsOf(ctx)
    const delivery = await channels.test(ctx.apiKey.organizationId, channel.id)
    if (!delivery) return notFound(ctx, 'channel')
    ctx.response.status(202).header('Location', `/api/v1/deliveries/${delivery}`)
    ctx.response.json({ delivery_id: delivery })
  }

  /** The new signing secret, this once. The one before it signs along for a day. */
  async rotateSecret(ctx: HttpContext) {
    const channel = await target(ctx)
    if (!channel) return notFound(ctx, 'channel')
    const { channels } = await notificationsOf(ctx)
    const secret = await channels.rotateSecret(ctx.apiKey.organizationId, channel.id)
    if (secret) return ctx.response.json({ signing_secret: secret.reveal() })
    const detail = 'This channel has no signing secret that could be replaced.'
    return writeProblem(ctx, { status: 409, code: 'no_signing_secret', detail })
  }

  /** Uses a disabled receiver again, as if it had never failed. One that is in use stays in use. */
  async enable(ctx: HttpContext) {
    const channel = await target(ctx)
    if (!channel) return notFound(ctx, 'channel')
    const { organizationId } = ctx.apiKey
    const { channels, rules } = await notificationsOf(ctx)
    await channels.enable(organizationId, channel.id)
    const enabled = await channelOf(ctx)
    if (!enabled) return notFound(ctx, 'channel')
    const heard = await eventsOfChannels(rules, organizationId, [channel.id])
    ctx.response.json(apiChannel(enabled, heard.get(channel.id) ?? null))
  }
}

async function target(ctx: HttpContext) {
  await noInput(ctx.request.body())
  return channelOf(ctx)
}
