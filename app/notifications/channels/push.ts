import webPush from 'web-push'
import { Secret } from '#oauth/secret'
import type { OutgoingRequest, Transport } from '#oauth/types'
import { judgePushAnswer } from '#notifications/push_answer'
import { vapidTrouble, type VapidIdentity } from '#notifications/push_identity'
import { pushPayload } from '#notifications/push_payload'
import { areSubscriptionKeys } from '#notifications/push_subscription'
import type { Channel, Message, Receipt, Receiver, Words } from '#notifications/types'

type PushReceiver = Extract<Receiver, { kind: 'push' }>

export interface PushChannelOptions {
  transport: Transport
  wording: { words(message: Message): Words }
  vapid: VapidIdentity
  /** `timeout` in milliseconds, for the whole exchange. */
  settings: { timeout: number; allowPrivate: boolean }
}

/** So long a push service keeps a message for a device that is off, in seconds: what is older is seen in the inbox. */
const DAY = 24 * 60 * 60
/** A test is of interest while somebody looks. */
const TEST_LIFE = 5 * 60

/**
 * Web push (RFC 8030): encrypts a message for one browser (RFC 8291), signs it with our keys (RFC 8292) and hands it to
 * the browser's push service. Whatever the service answers is a value. Every attempt of a message has the same topic and
 * tag, so that the service and the browser put a repetition in the place of the first.
 */
export function pushChannel({ transport, wording, vapid, settings }: PushChannelOptions): Channel<'push'> {
  const trouble = vapidTrouble(vapid)
  return {
    kind: 'push',
    async send(message, receiver) {
      if (trouble) return refused(`vapid_${trouble}`, true)
      // Nothing can be encrypted for this browser, whatever we do: as good as one that has gone.
      if (!areSubscriptionKeys(receiver)) return gone('malformed_keys')
      const request = pushRequest(message, wording.words(message), receiver, vapid)
      const { timeout, allowPrivate } = settings
      const exchange = await transport.send(request, { deadline: timeout, allowPrivate })
      return judgePushAnswer(exchange, secretsOf(receiver))
    },
  }
}

function pushRequest(
  message: Message,
  words: Words,
  { endpoint, p256dh, auth }: PushReceiver,
  { publicKey, privateKey, subject }: VapidIdentity
): OutgoingRequest {
  const details = webPush.generateRequestDetails(
    { endpoint, keys: { p256dh, auth } },
    pushPayload(message, words),
    {
      vapidDetails: { subject, publicKey, privateKey: privateKey.reveal() },
      TTL: message.isTest ? TEST_LIFE : DAY,
      urgency: urgencyOf(message),
      topic: topicOf(message),
      contentEncoding: 'aes128gcm',
    }
  )
  const { TTL, Urgency, Topic, Authorization, 'Content-Encoding': encoding } = details.headers
  return {
    method: 'POST',
    url: endpoint,
    headers: {
      'ttl': String(TTL),
      'urgency': Urgency,
      'topic': Topic,
      'content-encoding': encoding,
      'authorization': new Secret(Authorization),
    },
    content: { type: 'application/octet-stream', bytes: details.body },
  }
}

/** RFC 8030 §5.3: `high` wakes a phone that saves its battery. */
function urgencyOf({ matters, isTest }: Message): 'normal' | 'high' {
  return isTest || matters.some(({ severity }) => severity !== 'normal') ? 'high' : 'normal'
}

/** RFC 8030 §5.4: at most 32 characters of base64url; a UUID without its hyphens has 32. */
function topicOf({ id }: Message): string {
  return id.replace(/[^\w]/g, '').slice(0, 32)
}

/** The part of an endpoint that names the subscription, and the browser's own secret. */
function secretsOf({ endpoint, auth }: PushReceiver): Secret[] {
  const { pathname, search } = new URL(endpoint)
  return [new Secret(pathname + search), new Secret(auth)]
}

function refused(code: string, alarm: boolean): Receipt {
  return { type: 'refused', alarm, status: null, code, answer: null }
}

function gone(code: string): Receipt {
  return { type: 'gone', status: null, code, answer: null }
}
