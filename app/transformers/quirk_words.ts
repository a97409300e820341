import { createHash } from 'node:crypto'
import type { I18n } from '@adonisjs/i18n'

/** A sentence about a provider; `lang` where it could not be put into the reader's language. */
export interface Quirk {
  text: string
  lang: 'en' | null
}

/** Where the catalogues keep a sentence of a definition: under what it says, since many providers share sentences. */
export function quirkKey(sentence: string): string {
  return `quirks.${createHash('sha256').update(sentence).digest('hex').slice(0, 10)}`
}

/** The quirks of a definition in the reader's language. Definitions of others may say what no catalogue knows. */
export function quirkWords(sentences: readonly string[], i18n: Pick<I18n, 'hasMessage' | 't'>): Quirk[] {
  return sentences.map((sentence) => {
    const key = quirkKey(sentence)
    return i18n.hasMessage(key) ? { text: i18n.t(key), lang: null } : { text: sentence, lang: 'en' }
  })
}
