import type { Secret } from '#oauth/secret'
import type { Clock, Exchange, Transport } from '#oauth/types'
import type { Message, Words } from '#notifications/types'

/** What a channel over HTTP needs. */
export interface HttpChannelOptions {
  transport: Transport
  clock: Pick<Clock, 'now'>
  wording: { words(message: Message): Words }
  settings: {
    /** The receiver has this long, in milliseconds, from connecting to the last byte. */
    timeout: number
    /** Receivers in private networks may be reached. */
    allowPrivate: boolean
  }
}

/** Posts JSON once, as it is: what was signed is what is sent. */
export function post(
  { transport, settings }: Pick<HttpChannelOptions, 'transport' | 'settings'>,
  url: Secret,
  json: string,
  headers: Record<string, string> = {}
): Promise<Exchange> {
  const content = { type: 'application/json', bytes: json }
  return transport.send(
    { method: 'POST', url: url.reveal(), headers, content },
    { deadline: settings.timeout, allowPrivate: settings.allowPrivate }
  )
}
