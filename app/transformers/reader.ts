import type { I18n } from '@adonisjs/i18n'
import i18nManager from '@adonisjs/i18n/services/main'
import type { HttpContext } from '@adonisjs/core/http'
import { timeWords, type TimeWords } from '#transformers/time_words'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The reader's language. Pages only: the API speaks English. */
    i18n: I18n
    /** Time in the reader's language and zone. Pages only. */
    words: TimeWords
  }
}

const COOKIE = 'language'

/** The languages under their own names, for people who cannot read the page's. */
export const LANGUAGES = [
  { locale: 'en', name: 'English' },
  { locale: 'fr', name: 'Français' },
  { locale: 'ja', name: '日本語' },
] as const

/** A language that we have, from what somebody sent; null for anything else. */
export function knownLanguage(value: unknown): string | null {
  return LANGUAGES.find(({ locale }) => locale === value)?.locale ?? null
}

/** What this browser chose, else what it asks for, else English. */
export function languageOf({ request }: Pick<HttpContext, 'request'>): string {
  const chosen = knownLanguage(request.plainCookie(COOKIE, { encoded: false }))
  return chosen ?? i18nManager.getSupportedLocaleFor(request.languages()) ?? i18nManager.defaultLocale
}

/** Remembers the language in this browser. */
export function rememberLanguage({ response }: Pick<HttpContext, 'response'>, locale: string): void {
  response.plainCookie(COOKIE, locale, { encode: false, httpOnly: true, maxAge: '365d', sameSite: 'lax' })
}

/** Makes the rest of this request speak a language, with times in a zone (an IANA name). */
export function speak(ctx: HttpContext, locale: string, timeZone?: string | null): void {
  const i18n = i18nManager.locale(locale)
  ctx.i18n = i18n
  const zone = timeZone ?? 'UTC'
  ctx.words = timeWords(locale, zone)
  ctx.view.share({
    i18n,
    locale,
    timeZone: zone,
    words: ctx.words,
    t: i18n.t.bind(i18n),
    languages: LANGUAGES,
  })
}
