import type { I18n } from '@adonisjs/i18n'
import stringWidth from 'string-width'

/**
 * What commands say to people, in one language. English has the codes of statuses and reasons as they are, since scripts
 * look for them there; the other languages have the words of the pages. Texts of the catalogues begin with `commands.`
 * unless they are named in full.
 */
export class CommandSpeech {
  constructor(private readonly i18n: I18n) {}

  /** A text of the catalogues. */
  say(key: string, values: Record<string, unknown> = {}): string {
    return this.i18n.t(key, values)
  }

  /** A code as people of this language call it; `english` where that is not the code itself. */
  word(group: string, code: string, english = code): string {
    return this.#isEnglish ? english : this.i18n.t(`${group}.${code}`, undefined, code)
  }

  /** A code as `word` has it, as wide as the widest of all that may stand in its column. */
  column(group: string, code: string, all: readonly string[]): string {
    return pad(this.word(group, code), widest(all.map((one) => this.word(group, one))))
  }

  /** Several texts as one. */
  list(texts: readonly string[]): string {
    return texts.join(this.i18n.t('commands.and'))
  }

  /** An instant in UTC: RFC 3339 in English, to the second; elsewhere as people write it, to the minute. */
  moment(iso: string): string {
    if (this.#isEnglish) return iso.replace(/\.\d+Z$/, 'Z')
    const form = { dateStyle: 'short', timeStyle: 'short', timeZone: 'UTC' } as const
    return `${new Intl.DateTimeFormat(this.i18n.locale, form).format(new Date(iso))} UTC`
  }

  /** The same with all that the report has of it in English. */
  exactMoment(iso: string): string {
    return this.#isEnglish ? iso : this.moment(iso)
  }

  get #isEnglish(): boolean {
    return this.i18n.locale === 'en'
  }
}

/** Columns that a terminal shows these texts in: letters of Chinese, Japanese and Korean take two. */
export function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => stringWidth(text)))
}

/** A text that fills this many columns of a terminal; what is longer ends with a dot for each place that is left. */
export function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return pad(text, width)
  let begin = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(begin + segment) >= width) break
    begin += segment
  }
  return pad(`${begin}…`, width)
}

/** A text with spaces behind it up to this many columns of a terminal. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}
