import string from '@adonisjs/core/helpers/string'
import type { Schema } from '#transformers/api_schema'

/** One field of an input or an answer; `type` and `says` are HTML. */
export interface ReferenceField {
  /** With the names of the objects around it: `health[].platform`. */
  name: string
  type: string
  isRequired: boolean
  says: string
}

interface Described {
  type?: string | string[]
  format?: string
  enum?: unknown[]
  items?: Described
  anyOf?: Described[]
  properties?: Record<string, Described>
  required?: string[]
  description?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  additionalProperties?: unknown
  $ref?: string
}

/** The fields of an object, those of the objects within it beneath it. */
export function fieldsOf(schema: object, prefix = ''): ReferenceField[] {
  const { properties = {}, required = [] } = schema as Described
  return Object.entries(properties).flatMap(([name, field]) => {
    const inner = field.items ?? field
    const path = `${prefix}${name}`
    const row = {
      name: path,
      type: typeOf(field),
      isRequired: required.includes(name),
      says: markup([field.description, limitsOf(field)].filter(Boolean).join(' ')),
    }
    return [row, ...(inner.properties ? fieldsOf(inner, `${path}${field.items ? '[]' : ''}.`) : [])]
  })
}

/** What kind of value it is, as HTML; objects of the reference are links. */
export function typeOf(schema: object): string {
  const { $ref, anyOf, items, enum: values, format, type, additionalProperties } = schema as Described
  if ($ref !== undefined) return linkTo($ref.slice($ref.lastIndexOf('/') + 1))
  if (anyOf) return anyOf.map(typeOf).join(' or ')
  if (values) return values.map((value) => (value === null ? 'null' : code(String(value)))).join(' | ')
  const kinds = typeof type === 'string' ? [type] : (type ?? [])
  const orNull = kinds.includes('null') ? ' or null' : ''
  if (items) return `list of ${typeOf(items)}${kinds.includes('string') ? ' or one text' : ''}${orNull}`
  if (typeof additionalProperties === 'object') return `texts by name${orNull}`
  const named = kinds.filter((kind) => kind !== 'null').join(' or ')
  return `${format ?? (named || 'any')}${orNull}`
}

/** A text with code words between backticks, as HTML. */
export function markup(text: string): string {
  const parts = text.split('`')
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : string.escapeHTML(part))).join('')
}

const code = (text: string) => `<code>${string.escapeHTML(text)}</code>`

const linkTo = (name: string) => `<a href="#object-${name}">${name}</a>`

function limitsOf({ minimum, maximum, maxLength, maxItems, format }: Described): string {
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`
  if (maxItems !== undefined) return `At most ${maxItems}.`
  return maxLength === undefined || format !== undefined ? '' : `At most ${maxLength} characters.`
}

/** The alternatives of an object that is one of several, else the object itself. */
export function formsOf(schema: Schema): Schema[] {
  return Array.isArray(schema.anyOf) ? (schema.anyOf as Schema[]) : [schema]
}
