import { timeWords } from '../../app/transformers/time_words.ts'

/** The texts that scripts show, in the reader's language; the server puts them on the page (`client_words.ts`). */
export const WORDS = JSON.parse(document.body?.dataset.words ?? '{}')

const { lang, dataset } = document.documentElement

/** How time is said on this page: in its language and in its zone. */
export const TIME = timeWords(lang, dataset.zone)

/** A text with its names in braces filled in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}
