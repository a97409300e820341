import { readFile } from 'node:fs/promises'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { unknownField } from '#oauth/entry_sentences'
import { fault, type Fault, type FieldFault } from '#oauth/fault'

const SCHEMA = new URL('../../resources/providers.schema.json', import.meta.url)

/** What is wrong with provider entries, an object of entries by provider id, under `resources/providers.schema.json`. */
export async function schemaFaults(value: unknown): Promise<FieldFault[]> {
  const validate = await (compiled ??= validator())
  return validate(value) ? [] : faultsOf(validate.errors ?? [])
}

let compiled: Promise<ValidateFunction> | null = null

async function validator(): Promise<ValidateFunction> {
  const schema: object = JSON.parse(await readFile(SCHEMA, 'utf8'))
  return new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)
}

function faultsOf(errors: ErrorObject[]): FieldFault[] {
  // Branches of a choice speak for themselves below it; the choice itself says it better.
  const choices = errors.filter(({ keyword }) => keyword === 'oneOf').map(({ instancePath }) => instancePath)
  const told = errors.filter(
    ({ keyword, instancePath }) => keyword === 'oneOf' || !choices.includes(instancePath)
  )
  return told.map(faultOf)
}

function faultOf(error: ErrorObject): FieldFault {
  const [id, ...fields] = error.instancePath.split('/').slice(1).map(unescapePointer)
  if (id === undefined) return { id: '', field: '', ...fault('no_object') }
  const field = fields.join('.')
  if (error.keyword !== 'additionalProperties') return { id, field, ...expected(error) }
  const name = String(error.params.additionalProperty)
  return field === '' ? unknownField(id, name) : { id, field, ...fault('foreign_field', { name }) }
}

/** The faults of the keywords that the schema has. */
const KEYWORDS: Readonly<Record<string, (params: ErrorObject['params']) => Fault>> = {
  oneOf: () => fault('duration'),
  enum: ({ allowedValues }) => fault('choice', { allowed: (allowedValues as unknown[]).join(', ') }),
  type: ({ type }) => fault('type', { type: [type].flat().join(' | ') }),
  pattern: ({ pattern }) => fault('pattern', { pattern: String(pattern) }),
  minLength: () => fault('empty'),
  maxLength: ({ limit }) => fault('too_long', { limit: Number(limit) }),
  uniqueItems: () => fault('repeated'),
  required: ({ missingProperty }) => fault('missing_field', { name: String(missingProperty) }),
  minimum: ({ limit }) => fault('least', { limit: Number(limit) }),
  exclusiveMinimum: () => fault('not_positive'),
}

function expected({ keyword, params }: ErrorObject): Fault {
  return KEYWORDS[keyword]?.(params) ?? fault('malformed')
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
