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

/** A link that goes with others of its owner, and its account. */
export interface Enclosed {
  link: ConnectLink
  connection: Connection
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

  /** Sends the link of an account at most once an hour. */
  async send(link: ConnectLink, { to, locale, again }: SendOptions): Promise<SendResult> {
    const { letters, links, clock } = this.deps
    if (!letters.configured) return { type: 'not_configured' }
    const connection = link.connectionId === null ? null : await Connection.find(link.connectionId)
    const addressee =
      connection && (await (to ? addresseeOf(link.organizationId, to) : ownerAddress(connection)))
    if (!connection || !addressee) return { type: 'no_address' }
    const letter = { to: maskedAddress(addressee.address), at: clock.now() }
    const since = again ? letter.at : letter.at - LETTER_SPACING
    const earlier = await links.noteLetter(link.id, connection.id, letter, since)
    if (earlier) return { type: 'recent', ...earlier }
    return this.#handOver([{ link, connection }], addressee, letter, locale)
  }

  /**
   * Sends the links of several accounts of one owner, of one organization, in one letter; without those about which a
   * letter went out within the hour. Tells what became of each, in their order.
   */
  async sendTogether(
    enclosed: readonly Enclosed[],
    addressee: Addressee,
    locale: string
  ): Promise<SendResult[]> {
    const { letters, links, clock } = this.deps
    if (!letters.configured) return enclosed.map(() => ({ type: 'not_configured' }))
    const letter = { to: maskedAddress(addressee.address), at: clock.now() }
    const earlier: (SentLetter | null)[] = []
    for (const { link, connection } of enclosed)
      earlier.push(await links.noteLetter(link.id, connection.id, letter, letter.at - LETTER_SPACING))
    const going = enclosed.filter((_, index) => earlier[index] === null)
    const sent: SendResult | null =
      going.length === 0 ? null : await this.#handOver(going, addressee, letter, locale)
    return earlier.map((one) => (one ? { type: 'recent', ...one } : (sent as SendResult)))
  }

  /** What was noted of a letter that failed is taken back. */
  async #handOver(
    enclosed: readonly Enclosed[],
    addressee: Addressee,
    letter: SentLetter,
    locale: string
  ): Promise<SendResult> {
    const { letters, links } = this.deps
    const outcome = await letters.send(
      addressee.address,
      await this.#letter(enclosed, addressee, addressee.locale ?? locale)
    )
    if (outcome === 'sent') return { type: 'sent', ...letter }
    for (const { link } of enclosed) await links.forgetLetter(link.id)
    return { type: 'failed', to: letter.to }
  }

  async #letter(enclosed: readonly Enclosed[], { timeZone }: Addressee, locale: string) {
    const { catalogue, i18n, clock, urlOf, nameOf, moment, appUrl } = this.deps
    const [{ organizationId }] = enclosed.map(({ link }) => link)
    const organization = await Organization.findOrFail(organizationId)
    const accounts = []
    for (const { link, connection } of enclosed) {
      const provider = await catalogue.resolve(organizationId, link.provider)
      accounts.push({
        account: nameOf(connection),
        provider: provider?.name ?? link.provider,
        link: urlOf(link.id),
      })
    }
    const soonest = Math.min(...enclosed.map(({ link }) => link.expiresAt))
    const speaker = i18n.locale(locale)
    return reconnectLetter({
      ...{ organization: organization.name, accounts, locale, appUrl },
      until: moment(soonest, clock.now(), locale, timeZone),
      t: speaker.t.bind(speaker),
    })
  }
}
