import type { Engine } from '#services/build_engine'
import type { Changed } from '#services/bulk/change_run'
import { makeReconnectLink, type WantedLink } from '#services/bulk/reconnect_link'
import type { ConnectLinks } from '#services/connect_links/connect_links'
import type { ReconnectLetters, SendResult } from '#services/letters/reconnect_letters'

interface Means {
  engine: Pick<Engine, 'catalogue'>
  links: Pick<ConnectLinks, 'create' | 'find'>
  letters: Pick<ReconnectLetters, 'send'>
  /** The language of whoever sends. */
  locale: string
}

/** Why a link that was made was not sent. Where no mail is configured nothing went wrong with this account. */
const REASONS: Readonly<Record<Exclude<SendResult['type'], 'sent'>, string | null>> = {
  recent: 'sent_recently',
  failed: 'mail_failed',
  no_address: 'no_address',
  not_configured: null,
}

/** Makes the reconnect link of an account and sends it to the owner, where that is possible. The link is there anyway. */
export async function sendReconnectLink(
  { engine, links, letters, locale }: Means,
  wanted: WantedLink
): Promise<Changed> {
  const made = await makeReconnectLink(engine, links, wanted)
  const link = made.linkId ? await links.find(made.linkId) : null
  if (!link) return made
  const { type } = await letters.send(link, { to: null, locale, again: false })
  return type === 'sent' ? { ...made, status: 'sent' } : { ...made, reason: REASONS[type] }
}
