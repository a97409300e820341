/** The texts that scripts show, in the reader's language; the server puts them on the page (`client_words.ts`). */
export const WORDS = JSON.parse(document.body?.dataset.words ?? '{}')

/** A text with its names in braces filled in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}
