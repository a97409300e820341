import type { I18n } from '@adonisjs/i18n'
import { IANAZone } from 'luxon'
import type { Locale } from '#notifications/types'

const MOMENT = {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
} as const
const DAY = { day: 'numeric', month: 'short' } as const

/** One reader's language and zone: what the catalogues say, and how times and figures are written there. */
export class Speech {
  readonly #timeZone: string

  /** A zone that this machine does not know is read as UTC. */
  constructor(
    private readonly i18n: I18n,
    readonly locale: Locale,
    timeZone: string
  ) {
    this.#timeZone = IANAZone.create(timeZone).isValid ? timeZone : 'UTC'
  }

  /** The text of `resources/lang` under this name. Values are data: nothing in them is read as a message. */
  say(key: string, values: Record<string, string | number> = {}): string {
    return this.i18n.t(key, values)
  }

  /** Whether the catalogue has such a text. */
  knows(key: string): boolean {
    return this.i18n.hasMessage(key)
  }

  /** Sentences as a paragraph: Japanese sets no space between them. */
  paragraph(sentences: readonly string[]): string {
    return sentences.filter((one) => one !== '').join(this.locale === 'ja' ? '' : ' ')
  }

  /** Day, time and zone; with the year for what lies ahead. */
  moment(at: number, { withYear = false } = {}): string {
    const year = withYear ? ({ year: 'numeric' } as const) : {}
    return this.i18n.formatDate(new Date(at), { ...MOMENT, ...year, timeZone: this.#timeZone })
  }

  /** The day alone, short enough for a title. */
  day(at: number): string {
    return this.i18n.formatDate(new Date(at), { ...DAY, timeZone: this.#timeZone })
  }

  /** A share from 0 to 1. */
  percent(share: number): string {
    return this.i18n.formatNumber(share, { style: 'percent', maximumFractionDigits: 1 })
  }

  /** A length of time in milliseconds, in seconds or minutes. */
  span(length: number): string {
    const [value, unit] = length < 120_000 ? [length / 1_000, 'second'] : [length / 60_000, 'minute']
    return this.i18n.formatNumber(value, {
      style: 'unit',
      unit,
      unitDisplay: 'long',
      maximumFractionDigits: 0,
    })
  }
}
