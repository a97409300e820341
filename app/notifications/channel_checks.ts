import { isPrivateHost } from '#oauth/address_guard'
import type { ChannelKind } from '#notifications/types'

/** A field that is wrong: a sentence that says what to do, and its code for pages, which say it in other languages. */
export interface ChannelProblem {
  field: 'kind' | 'name' | 'target' | 'locale' | 'timeZone'
  code: string
  values?: Readonly<Record<string, string | number>>
  message: string
}

type Said = Omit<ChannelProblem, 'field'>

/** Each receiver of an organization may get each of its messages. */
export const MOST_CHANNELS = 50

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

export const tooMany: ChannelProblem = {
  ...{ field: 'name', code: 'many_channels', values: { most: MOST_CHANNELS } },
  message: `This organization has ${MOST_CHANNELS} channels already. Remove one that is not needed any more.`,
}

/** What is wrong with a name; null where nothing is. */
export function nameProblem(name: string): ChannelProblem | null {
  if (name.trim() === '') {
    return { field: 'name', code: 'no_name', message: 'Give the channel a name.' }
  }
  if (name.trim().length <= LONGEST_NAME) return null
  const message = `Shorten the name to ${LONGEST_NAME} characters.`
  return { field: 'name', code: 'long_name', values: { most: LONGEST_NAME }, message }
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
  const said = kind === 'email' ? addressProblem(target) : urlProblem(kind, target, allowPrivate)
  return said && { field: 'target', ...said }
}

// Nothing that could end a header line or name a second receiver.
const ADDRESS = /^[^\s@,;:<>()[\]\\"\p{Cc}]+@[^\s@,;:<>()[\]\\"\p{Cc}]+\.[^\s@.,;:<>()[\]\\"\p{Cc}]+$/u

function addressProblem(address: string): Said | null {
  if (address.length <= LONGEST_ADDRESS && ADDRESS.test(address)) return null
  return { code: 'bad_address', message: 'Write one e-mail address, such as alerts@example.com.' }
}

function urlProblem(kind: Exclude<ChannelKind, 'email'>, text: string, allowPrivate: boolean): Said | null {
  if (text.length > LONGEST_URL) {
    const message = `The URL is longer than ${LONGEST_URL} characters. ${WHERE[kind]}`
    return { code: 'long_url', values: { most: LONGEST_URL }, message }
  }
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return { code: `bad_url_${kind}`, message: `That is no URL. ${WHERE[kind]}` }
  }
  if (url.username || url.password) {
    const message = 'Leave user name and password out of the URL: nothing would send them.'
    return { code: 'url_credentials', message }
  }
  return allowPrivate ? null : openProblem(url)
}

function openProblem({ protocol, hostname: host }: URL): Said | null {
  if (protocol === 'http:') {
    return { code: 'url_http', message: 'Use https: by http everybody on the way could read along.' }
  }
  if (!isPrivateHost(host)) return null
  const message = `${host} is an address of this machine or of a private network. Use a public one, or let the operator of this installation set ALLOW_PRIVATE_RECEIVERS=true.`
  return { code: 'url_private', values: { host }, message }
}

/** What pages may show of where a channel leads: the address, or the host of its URL. */
export function shownTarget(kind: ChannelKind, target: string): string {
  return (kind === 'email' ? target : new URL(target).host).slice(0, 255)
}
