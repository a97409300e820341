import type { HttpContext } from '@adonisjs/core/http'
import { answerList, notFound } from '#controllers/api/v1/answers'
import { channelOf, notificationsOf } from '#controllers/api/v1/channel_of'
import { eventsOfChannels, setEvents } from '#controllers/api/v1/channel_rules'
import type { ChannelProblem } from '#notifications/channel_checks'
import { apiChannel } from '#transformers/api_channel'
import { channelChange, newChannel } from '#validators/api/channels'
import { noInput, refuseFields } from '#validators/api_input'

/** The receivers of an organization: webhooks, Slack, Discord, shared mailboxes. */
export default class ChannelsController {
  /** All of them, by name: an organization has fifty at most. */
  async index(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const { organizationId } = ctx.apiKey
    const { channels, rules } = await notificationsOf(ctx)
    const found = await channels.list(organizationId)
    const ids = found.map(({ id }) => id)
    const heard = await eventsOfChannels(rules, organizationId, ids)
    const data = found.map((channel) => apiChannel(channel, heard.get(channel.id) ?? null))
    return answerList(ctx, data, { next: null, previous: null })
  }

  async show(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    return this.#answer(ctx)
  }

  /** With `events` the channel hears of them at once. A webhook's signing secret is in this answer and in no other. */
  async store(ctx: HttpContext) {
    const { events: wanted, ...asked } = await newChannel(ctx.request.body())
    const { organizationId } = ctx.apiKey
    const { channels, rules } = await notificationsOf(ctx)
    const made = await channels.create(organizationId, asked)
    if (!made.ok) return refuseProblems(made.problems)
    const { id, signingSecret } = made
    const wrong = wanted ? await setEvents(rules, organizationId, { id, name: asked.name }, wanted) : []
    // Half of what was asked for would look like success.
    if (wrong.length > 0) await channels.remove(organizationId, id)
    refuseEvents(wrong)
    ctx.params.id = id
    ctx.audit?.about({ id })
    ctx.response.status(201).header('Location', `/api/v1/channels/${id}`)
    return this.#answer(ctx, signingSecret ? { signing_secret: signingSecret.reveal() } : {})
  }

  /** Renames it, lets it lead elsewhere, or lets it hear of other events; `events: null` ends its own rule. */
  async update(ctx: HttpContext) {
    const { events: wanted, ...asked } = await channelChange(ctx.request.body())
    const channel = await channelOf(ctx)
    if (!channel) return notFound(ctx, 'channel')
    const { organizationId } = ctx.apiKey
    const { channels, rules } = await notificationsOf(ctx)
    const former = (await eventsOfChannels(rules, organizationId, [channel.id])).get(channel.id) ?? null
    if (wanted !== undefined) refuseEvents(await setEvents(rules, organizationId, channel, wanted))
    const done = await channels.update(organizationId, channel.id, asked)
    if (!done || done.ok) return this.#answer(ctx)
    // A call that is refused changes nothing.
    await setEvents(rules, organizationId, channel, former)
    return refuseProblems(done.problems)
  }

  async destroy(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const channel = await channelOf(ctx)
    if (!channel) return notFound(ctx, 'channel')
    const { channels, rules } = await notificationsOf(ctx)
    await setEvents(rules, ctx.apiKey.organizationId, channel, null)
    await channels.remove(ctx.apiKey.organizationId, channel.id)
    return ctx.response.noContent()
  }

  async #answer(ctx: HttpContext, more: object = {}) {
    const channel = await channelOf(ctx)
    if (!channel) return notFound(ctx, 'channel')
    const { rules } = await notificationsOf(ctx)
    const heard = await eventsOfChannels(rules, ctx.apiKey.organizationId, [channel.id])
    ctx.response.json({ ...apiChannel(channel, heard.get(channel.id) ?? null), ...more })
  }
}

function refuseProblems(problems: readonly ChannelProblem[]): void {
  refuseFields(problems.map(({ field, message }) => ({ field, rule: 'possible', message })))
}

function refuseEvents(sentences: readonly string[]): void {
  refuseFields(sentences.map((message) => ({ field: 'events', rule: 'possible', message })))
}
