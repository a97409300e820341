import { entryFields } from '#oauth/entry_to_definition'
import { fault, type FieldFault } from '#oauth/fault'
import { nearest } from '#oauth/nearest'

/**
 * A fault of a definition in the words of the file: definitions name their fields in camel case and in groups, the file
 * names them as RFCs do, side by side.
 */
export function inFileWords({ field, ...rest }: FieldFault): FieldFault {
  const name = FILE_NAMES[field] ?? field.replace(/^refresh\./, '')
  return { ...rest, field: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) }
}

const FILE_NAMES: Record<string, string> = {
  'validation.url': 'validation_endpoint',
  'profile.url': 'userinfo_endpoint',
}

/** A field that an entry must not hold. */
export function unknownField(id: string, name: string): FieldFault {
  const guess = nearest(name, entryFields())
  const unknown = guess === null ? fault('unknown_field', { name }) : fault('misspelt_field', { name, guess })
  return { id, field: '', ...unknown }
}

/** A base that an entry names and nobody knows. */
export function unknownBase(id: string, name: string, known: readonly string[]): FieldFault {
  const guess = nearest(name, known)
  const unknown = guess === null ? fault('unknown_base', { name }) : fault('misspelt_base', { name, guess })
  return { id, field: 'extends', ...unknown }
}
