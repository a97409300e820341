import Connection from '#models/connection'
import type { Engine } from '#services/build_engine'
import type { Changed, Tell } from '#services/bulk/change_run'
import { makeReconnectLink } from '#services/bulk/reconnect_link'
import type { ConnectLinks } from '#services/connect_links/connect_links'
import type { Selected } from '#services/connection_selection'
import { ownerAddress, type Addressee } from '#services/letters/owner_address'
import type { Enclosed, ReconnectLetters, SendResult } from '#services/letters/reconnect_letters'

interface Means {
  engine: Pick<Engine, 'catalogue'>
  links: Pick<ConnectLinks, 'create' | 'find'>
  letters: Pick<ReconnectLetters, 'configured' | 'sendTogether'>
  /** The language of whoever sends. */
  locale: string
}

interface Wanted {
  organizationId: string
  createdBy: string
}

/** The accounts of one person whose links go together. */
interface Parcel {
  addressee: Addressee
  entries: { one: Selected; made: Changed; enclosed: Enclosed }[]
}

/** Mail programs cut letters that are much longer; who has more accounts gets another letter. */
export const MOST_IN_LETTER = 50
const CONCURRENCY = 4

/** Why a link that was made was not sent. Where no mail is configured nothing went wrong with this account. */
const REASONS: Readonly<Record<Exclude<SendResult['type'], 'sent'>, string | null>> = {
  recent: 'sent_recently',
  failed: 'mail_failed',
  no_address: 'no_address',
  not_configured: null,
}

/**
 * Makes the reconnect links of many accounts and then sends each owner theirs in one letter, where an address is known. The
 * links are there anyway. Of a run that is stopped no further letter leaves.
 */
export class ReconnectSender {
  readonly #parcels = new Map<string, Parcel>()

  constructor(
    private readonly means: Means,
    private readonly wanted: Wanted
  ) {}

  /** Makes the link of an account; null where its letter is still to be written. */
  async prepare(one: Selected): Promise<Changed | null> {
    const { engine, links, letters } = this.means
    const made = await makeReconnectLink(engine, links, { ...this.wanted, id: one.id })
    const link = made.linkId ? await links.find(made.linkId) : null
    if (!link || !letters.configured) return made
    const connection = await Connection.find(one.id)
    const addressee = connection && (await ownerAddress(connection))
    if (!addressee) return { ...made, reason: REASONS.no_address }
    const parcel = this.#parcels.get(addressee.address) ?? { addressee, entries: [] }
    parcel.entries.push({ one, made, enclosed: { link, connection } })
    this.#parcels.set(addressee.address, parcel)
    return null
  }

  /** Writes the letters, a few at a time, and tells what became of each account. */
  async send(tell: Tell, signal: AbortSignal): Promise<void> {
    const waiting = letterfuls([...this.#parcels.values()]).values()
    const worker = async () => {
      for (const parcel of waiting) await this.#sendOne(parcel, tell, signal)
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  }

  async #sendOne({ addressee, entries }: Parcel, tell: Tell, signal: AbortSignal): Promise<void> {
    const { letters, locale } = this.means
    const enclosed = entries.map((entry) => entry.enclosed)
    const results = signal.aborted ? null : await letters.sendTogether(enclosed, addressee, locale)
    for (const [index, { one, made }] of entries.entries())
      await tell(one, results ? outcomeOf(made, results[index]) : { ...made, reason: 'letter_stopped' })
  }
}

function outcomeOf(made: Changed, { type }: SendResult): Changed {
  return type === 'sent' ? { ...made, status: 'sent' } : { ...made, reason: REASONS[type] }
}

/** What one letter takes of each parcel. */
function letterfuls(parcels: readonly Parcel[]): Parcel[] {
  return parcels.flatMap(({ addressee, entries }) =>
    Array.from({ length: Math.ceil(entries.length / MOST_IN_LETTER) }, (_, index) => ({
      addressee,
      entries: entries.slice(index * MOST_IN_LETTER, (index + 1) * MOST_IN_LETTER),
    }))
  )
}
