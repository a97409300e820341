import { discordBody, worstOf } from '#notifications/channels/discord_webhook'
import { letterText, messageIdOf } from '#notifications/channels/email_letter'
import { slackBody } from '#notifications/channels/slack_webhook'
import { webhookBody } from '#notifications/channels/webhook_body'
import type { DeliveryDetail } from '#notifications/delivery_log'
import { pushPayload } from '#notifications/push_payload'
import type { Message } from '#notifications/types'
import type { Wording } from '#notifications/wording'
import { USER_AGENT } from '#oauth/outgoing'

type Shown = Pick<DeliveryDetail, 'channel' | 'target' | 'message' | 'history'>
type Words = Pick<Wording, 'words' | 'frame'>

/**
 * What a message's last attempt sent, in the form of its channel: request line and headers of an allow-list, an empty line,
 * the body, with JSON indented. Null before the first attempt, which puts it into words. It holds nothing secret: of an
 * address only the host, of a signature only its version. Of `webhook-timestamp` the second may be off by one, since it is
 * derived from when the attempt ended.
 */
export function deliveryRequest({ channel, target, message, history }: Shown, wording: Words): string | null {
  if (message === null) return null
  switch (channel) {
    case 'webhook':
      return posted(target, webhookBody(message), signedHeaders(message, history))
    case 'discord_webhook':
      return posted(target, discordBody(wording.words(message), worstOf(message)))
    case 'slack_webhook':
      return posted(target, slackBody(wording.words(message)))
    case 'email':
      return letter(target, message, wording)
    case 'push':
      // The endpoint is the browser's secret, and only the browser can read what it gets.
      return indented(pushPayload(message, wording.words(message)))
  }
}

/** The path of such an address is what gives the right to post there. */
function posted(host: string | null, body: string, headers: readonly string[] = []): string {
  const line = `POST https://${host ?? '…'}/…`
  const always = ['content-type: application/json', `user-agent: ${USER_AGENT}`]
  return [line, ...always, ...headers, '', indented(body)].join('\n')
}

function signedHeaders({ id }: Message, history: Shown['history']): string[] {
  const last = history.at(-1)
  const started = last && Math.floor((last.at - last.durationMs) / 1_000)
  const timestamp = started === undefined ? [] : [`webhook-timestamp: ${started}`]
  return [`webhook-id: ${id}`, ...timestamp, 'webhook-signature: v1,…']
}

function letter(address: string | null, message: Message, wording: Words): string {
  const words = wording.words(message)
  const head = [
    ...(address === null ? [] : [`To: ${address}`]),
    `Subject: ${words.title}`,
    `Message-ID: <${messageIdOf(message, words)}>`,
    'Auto-Submitted: auto-generated',
  ]
  return [...head, '', letterText(words, wording.frame(message))].join('\n')
}

const indented = (json: string) => JSON.stringify(JSON.parse(json), null, 2)
