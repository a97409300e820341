import vine, { errors } from '@vinejs/vine'
import type { Infer, SchemaTypes } from '@vinejs/vine/types'
import { DateTime } from 'luxon'
import { decodeCursor, type AccountCursor } from '#services/account_cursor'

type Shape<Properties extends Record<string, SchemaTypes>> = Infer<ReturnType<typeof vine.object<Properties>>>

/** The fields of an input as JSON Schema, for the API's own description. */
export interface InputSchema {
  properties: Record<string, object>
  required?: string[]
}

/**
 * Reads the body or the query of an API call. A field that the call does not know is an error that names it: a filter that
 * was misspelt must not quietly select everything. Rejects with the validator's own error. `schema` tells the same fields
 * as JSON Schema.
 */
export function apiInput<Properties extends Record<string, SchemaTypes>>(properties: Properties) {
  const validator = vine.create(vine.object(properties))
  const read = async (input: Record<string, unknown>): Promise<Shape<Properties>> => {
    if (Array.isArray(input))
      refuseFields([{ field: '', rule: 'object', message: 'The body must be an object.' }])
    const unknown = Object.keys(input).filter((field) => !Object.hasOwn(properties, field))
    refuseFields(unknown.map((field) => unknownField(field.slice(0, 64), Object.keys(properties))))
    return (await validator.validate(input)) as Shape<Properties>
  }
  const schema = () => validator.toJSONSchema() as unknown as InputSchema
  return Object.assign(read, { schema })
}

/** What `apiInput` makes, whatever its fields. */
export interface ApiInput {
  schema(): InputSchema
}

/** A call that takes no fields. */
export const noInput = apiInput({})

/** A text of one line that no database stumbles over. */
export const text = (longest = 255) =>
  vine
    .string()
    .minLength(1)
    .maxLength(longest)
    .regex(/^\P{Cc}+$/u)

const instantRule = vine.createRule((value, _, field) => {
  if (!DateTime.fromISO(String(value), { zone: 'utc' }).isValid) {
    field.report(
      'The {{ field }} field must be a time in ISO 8601, such as 2026-01-31T12:00:00Z',
      'instant',
      field
    )
  }
})

/** A switch in a query, where everything is text. */
export const flag = () => vine.boolean().meta({ enum: undefined, type: 'boolean' })

/** An instant in ISO 8601; without an offset it is in UTC. `toMillis` reads it. */
export const instant = () =>
  vine.string().maxLength(64).use(instantRule()).meta({
    format: 'date-time',
    description: 'ISO 8601; in UTC where no offset is named.',
  })

/** Milliseconds of a text that `instant` has accepted. */
export function toMillis(iso: string): number
export function toMillis(iso: string | undefined): number | undefined
export function toMillis(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : DateTime.fromISO(iso, { zone: 'utc' }).toMillis()
}

const cursorRule = vine.createRule((value, _, field) => {
  if (decodeCursor(value) === null)
    field.report('The {{ field }} field is no cursor of this list', 'cursor', field)
})

/** A place in a list, as an answer gave it. */
const cursor = () =>
  vine
    .string()
    .maxLength(200)
    .use(cursorRule())
    .meta({ description: 'From an answer: its `next_cursor` or `previous_cursor`.' })

/** So many entries of a list in one answer, where nobody asks for another number, and at most. */
const PAGE_SIZE = 50
const LARGEST_PAGE = 200

const limit = () =>
  vine
    .number()
    .withoutDecimals()
    .range([1, LARGEST_PAGE])
    .meta({
      type: 'integer',
      ...{ minimum: 1, maximum: LARGEST_PAGE, default: PAGE_SIZE },
      description: 'How many entries an answer has at most. It may change from one page to the next.',
    })

/** Which part of a list. `toCursor` reads the place. */
export const listPart = () => ({ cursor: cursor().optional(), limit: limit().optional() })

export const toCursor = (cursorText: string | undefined): AccountCursor | null => decodeCursor(cursorText)

/** Ends the call as the validator does, for what only the controller can know; nothing where there is nothing wrong. */
export function refuseFields(messages: { field: string; rule: string; message: string }[]): void {
  if (messages.length > 0) throw new errors.E_VALIDATION_ERROR(messages)
}

function unknownField(field: string, known: readonly string[]) {
  const which = known.length === 0 ? 'This call takes none.' : `These exist: ${known.join(', ')}.`
  return { field, rule: 'unknown', message: `There is no field "${field}". ${which}` }
}
