import type { I18nManager } from '@adonisjs/i18n'
import Connection from '#models/connection'
import Organization from '#models/organization'
import type { Clock } from '#oauth/types'
import type { ConnectLink, ConnectLinks, SentLetter } from '#services/connect_links/connect_links'
import type { Letters } from '#services/letters/letters'
import { addresseeOf, ownerAddress, type Addressee } from '#services/letters/owner_address'
import { reconnectLetter } from '#services/letters/reconnect_letter'
import { maskedAddress } from '#services/people/person_rules'
import type { ProviderCatalogue } from '#services/provider_catalogue'

/** A second letter about the same account within so many milliseconds is sent only where somebody insists. */
export const LETTER_SPACING = 60 * 60_000

/** What became of a link that was to be sent. Addresses are told with their middle left out. */
export type SendResult =
  | ({ type: 'sent' | 'recent' } & SentLetter)
  | { type: 'failed'; to: string }
  | { type: 'no_address' | 'not_configured' }

export interface SendOptions {
  /** Where to; null: to the owner, where an address is known. */
  to: string | null
  /** The language for a reader who has none: that of whoever sends. */
  locale: string
  /** Send though another letter went out within the hour. */
  again: boolean
}

interface Dependencies {
  letters: Pick<Letters, 'configured' | 'send'>
  links: Pick<ConnectLinks, 'lastLetter' | 'noteLetter' | 'forgetLetter'>
  catalogue: Pick<ProviderCatalogue, 'resolve'>
  i18n: Pick<I18nManager, 'locale'>
  clock: Pick<Clock, 'now'>
  /** The signed address of a link. */
  urlOf: (linkId: string) => string
  nameOf: (connection: Connection) => string
  /** A moment in the words of a language and the time of a zone; null: UTC. */
  moment: (at: number, now: number, locale: string, timeZone: string | null) => string
  appUrl: string
}

/** Sends reconnect links to the owners of accounts. */
export class ReconnectLetters {
  constructor(private readonly deps: Dependencies) {}

  get configured(): boolean {
    return this.deps.letters.configured
  }

  /** Where a letter about this account would go, and the last one that went; both with the middle left out. */
  async outlook(connection: Connection): Promise<{ owner: string | null; last: SentLetter | null }> {
    const known = await ownerAddress(connection)
    const last = await this.deps.links.lastLetter(connection.id, this.deps.clock.now() - LETTER_SPACING)
    return { owner: known && maskedAddress(known.address), last }
  }

  /** Sends the link of an account at most once an hour. What was noted of a letter that failed is taken back. */
  async send(link: ConnectLink, { to, locale, again }: SendOptions): Promise<SendResult> {
    const { letters, links, clock } = this.deps
    if (!letters.configured) return { type: 'not_configured' }
    const connection = link.connectionId === null ? null : await Connection.find(link.connectionId)
    const addressee =
      connection && (await (to ? addresseeOf(link.organizationId, to) : ownerAddress(connection)))
    if (!connection || !addressee) return { type: 'no_address' }
    const at = clock.now()
    const letter = { to: maskedAddress(addressee.address), at }
    const since = again ? at : at - LETTER_SPACING
    const earlier = await links.noteLetter(link.id, connection.id, letter, since)
    if (earlier) return { type: 'recent', ...earlier }
    const outcome = await letters.send(
      addressee.address,
      await this.#letter(link, connection, addressee, locale)
    )
    if (outcome === 'sent') return { type: 'sent', ...letter }
    await links.forgetLetter(link.id)
    return { type: 'failed', to: letter.to }
  }

  async #letter(link: ConnectLink, connection: Connection, reader: Addressee, fallback: string) {
    const { catalogue, i18n, clock, urlOf, nameOf, moment, appUrl } = this.deps
    const { organizationId } = link
    const organization = await Organization.findOrFail(organizationId)
    const provider = await catalogue.resolve(organizationId, link.provider)
    const locale = reader.locale ?? fallback
    const speaker = i18n.locale(locale)
    const named = {
      organization: organization.name,
      account: nameOf(connection),
      provider: provider?.name ?? link.provider,
      until: moment(link.expiresAt, clock.now(), locale, reader.timeZone),
      link: urlOf(link.id),
    }
    return reconnectLetter({ ...named, locale, t: speaker.t.bind(speaker) }, appUrl)
  }
}
