import { isPrivateHost } from '#oauth/address_guard'
import type { ChannelKind } from '#notifications/types'

/** A field that is wrong, and a sentence that says what to do. */
export interface ChannelProblem {
  field: 'kind' | 'name' | 'target'
  message: string
}

const LONGEST_NAME = 120
const LONGEST_URL = 2_048
const LONGEST_ADDRESS = 254

const WHERE: Readonly<Record<Exclude<ChannelKind, 'email'>, string>> = {
  webhook: 'Write the whole URL of your endpoint, such as https://example.com/hooks/evergrant.',
  slack_webhook:
    'Copy the whole URL from your Slack app under "Incoming Webhooks"; it begins with https://hooks.slack.com/.',
  discord_webhook:
    'Copy the whole URL in Discord under Channel settings, Integrations, Webhooks; it begins with https://discord.com/api/webhooks/.',
}

/** What is wrong with a name; null where nothing is. */
export function nameProblem(name: string): ChannelProblem | null {
  if (name.trim() === '') return { field: 'name', message: 'Give the channel a name.' }
  if (name.trim().length <= LONGEST_NAME) return null
  return { field: 'name', message: `Shorten the name to ${LONGEST_NAME} characters.` }
}

/**
 * What is wrong with an address or a URL; null where nothing is. Names of hosts are looked up and checked again with each
 * message, since they may lead elsewhere tomorrow.
 */
export function targetProblem(
  kind: ChannelKind,
  target: string,
  allowPrivate: boolean
): ChannelProblem | null {
  const message = kind === 'email' ? addressSentence(target) : urlSentence(kind, target, allowPrivate)
  return message === null ? null : { field: 'target', message }
}

// Nothing that could end a header line or name a second receiver.
const ADDRESS = /^[^\s@,;:<>()[\]\\"\p{Cc}]+@[^\s@,;:<>()[\]\\"\p{Cc}]+\.[^\s@.,;:<>()[\]\\"\p{Cc}]+$/u

function addressSentence(address: string): string | null {
  if (address.length <= LONGEST_ADDRESS && ADDRESS.test(address)) return null
  return 'Write one e-mail address, such as alerts@example.com.'
}

function urlSentence(
  kind: Exclude<ChannelKind, 'email'>,
  text: string,
  allowPrivate: boolean
): string | null {
  if (text.length > LONGEST_URL) return `The URL is longer than ${LONGEST_URL} characters. ${WHERE[kind]}`
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return `That is no URL. ${WHERE[kind]}`
  if (url.username || url.password)
    return 'Leave user name and password out of the URL: nothing would send them.'
  if (allowPrivate) return null
  if (url.protocol === 'http:') return 'Use https: by http everybody on the way could read along.'
  if (isPrivateHost(url.hostname))
    return `${url.hostname} is an address of this machine or of a private network. Use a public one, or let the operator of this installation set ALLOW_PRIVATE_RECEIVERS=true.`
  return null
}

/** What pages may show of where a channel leads: the address, or the host of its URL. */
export function shownTarget(kind: ChannelKind, target: string): string {
  return (kind === 'email' ? target : new URL(target).host).slice(0, 255)
}
