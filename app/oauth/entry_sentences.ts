import { entryFields } from '#oauth/entry_to_definition'
import { nearest } from '#oauth/nearest'

/**
 * A problem of a definition in the words of the file: definitions name their fields in camel case and in groups, the
 * file names them as RFCs do, side by side.
 */
export function inFileWords(problem: string): string {
  return problem.replace(/^([^:]+): ([\w.[\]]+): /, (_, id: string, field: string) => {
    const name = FILE_NAMES[field] ?? field.replace(/^refresh\./, '')
    return `${id}: ${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}: `
  })
}

const FILE_NAMES: Record<string, string> = {
  'validation.url': 'validation_endpoint',
  'profile.url': 'userinfo_endpoint',
}

/** The sentence for a field that an entry must not hold. */
export function unknownField(id: string, field: string): string {
  return `${id}: "${field}" is not a field of a provider${hint(field, entryFields())}`
}

/** The end of a sentence about an unknown word: which known one may be meant. */
export function hint(word: string, known: readonly string[]): string {
  const guess = nearest(word, known)
  return guess === null ? '' : `; did you mean "${guess}"?`
}
