import type { HttpContext } from '@adonisjs/core/http'
import { answerList, notFound } from '#controllers/api/v1/answers'
import { channelOf, notificationsOf } from '#controllers/api/v1/channel_of'
import { writeProblem } from '#exceptions/problem'
import type { DeliveryDetail } from '#notifications/delivery_log'
import { idOf } from '#notifications/rows'
import { apiDelivery, apiDeliveryAttempt } from '#transformers/api_delivery'
import { deliveryList } from '#validators/api/channels'
import { noInput } from '#validators/api_input'

const REFUSALS = {
  under_way: 'It is being sent at this moment.',
  channel_disabled: 'Its channel is disabled. Enable it first.',
} as const

/** What became of the messages to an organization's receivers. Those to people are nobody else's business. */
export default class DeliveriesController {
  /** Of one receiver, the newest first. */
  async index(ctx: HttpContext) {
    const { state, cursor = null, limit: size } = await deliveryList(ctx.request.qs())
    const channel = await channelOf(ctx)
    if (!channel) return notFound(ctx, 'channel')
    const { deliveries } = await notificationsOf(ctx)
    const filter = { state, channelId: channel.id }
    const page = await deliveries.list(ctx.apiKey.organizationId, filter, { cursor, size })
    return answerList(ctx, page.entries.map(apiDelivery), page)
  }

  /** With `history`, each attempt and what the receiver answered. */
  async show(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const found = await deliveryOf(ctx)
    return found ? answer(ctx, found) : notFound(ctx, 'delivery')
  }

  /** Sends it again under its own id: 202, since it leaves at the next tick. */
  async redeliver(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const found = await deliveryOf(ctx)
    if (!found) return notFound(ctx, 'delivery')
    const { deliveries } = await notificationsOf(ctx)
    const done = await deliveries.redeliver(ctx.apiKey.organizationId, found.id)
    if (done === 'not_found') return notFound(ctx, 'delivery')
    if (done !== 'waiting') return writeProblem(ctx, { status: 409, code: done, detail: REFUSALS[done] })
    ctx.response.status(202)
    return answer(ctx, (await deliveryOf(ctx)) ?? found)
  }
}

async function deliveryOf(ctx: HttpContext): Promise<DeliveryDetail | null> {
  const id = idOf(ctx.params.id)
  if (id === null) return null
  const { deliveries } = await notificationsOf(ctx)
  const found = await deliveries.find(ctx.apiKey.organizationId, id)
  return found?.channelId ? found : null
}

function answer({ response }: HttpContext, delivery: DeliveryDetail): void {
  response.json({ ...apiDelivery(delivery), history: delivery.history.map(apiDeliveryAttempt) })
}
