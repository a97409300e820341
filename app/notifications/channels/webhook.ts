import { Webhook } from 'standardwebhooks'
import { judgeAnswer } from '#notifications/channels/answer'
import { post, type HttpChannelOptions } from '#notifications/channels/post'
import { webhookBody } from '#notifications/channels/webhook_body'
import type { Channel } from '#notifications/types'
import type { Secret } from '#oauth/secret'

/**
 * Webhooks as Standard Webhooks 1.0.0 describes them: `webhook-id` is the message's and stays, `webhook-timestamp` is the
 * attempt's, and `webhook-signature` holds one `v1` signature for each secret that is valid. 410 ends the channel; every
 * other failure is tried again.
 */
export function webhookChannel(options: Omit<HttpChannelOptions, 'wording'>): Channel<'webhook'> {
  return {
    kind: 'webhook',
    async send(message, { url, signingSecrets }) {
      const body = webhookBody(message)
      const at = new Date(options.clock.now())
      const exchange = await post(options, url, body, {
        'webhook-id': message.id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': signatures(signingSecrets, message.id, at, body),
      })
      return judgeAnswer(exchange, url, { isGone: ({ status }) => status === 410 })
    },
  }
}

function signatures(secrets: readonly Secret[], id: string, at: Date, body: string): string {
  return secrets.map((secret) => new Webhook(secret.reveal()).sign(id, at, body)).join(' ')
}
