import { readFile } from 'node:fs/promises'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { unknownField } from '#oauth/entry_sentences'

const SCHEMA = new URL('../../resources/providers.schema.json', import.meta.url)

/**
 * What is wrong with provider entries, an object of entries by provider id, under `resources/providers.schema.json`:
 * one sentence each, beginning with the id and the field; empty when nothing is.
 */
export async function schemaProblems(value: unknown): Promise<string[]> {
  const validate = await (compiled ??= validator())
  return validate(value) ? [] : sentences(validate.errors ?? [])
}

let compiled: Promise<ValidateFunction> | null = null

async function validator(): Promise<ValidateFunction> {
  const schema: object = JSON.parse(await readFile(SCHEMA, 'utf8'))
  return new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)
}

function sentences(errors: ErrorObject[]): string[] {
  // Branches of a choice speak for themselves below it; the choice itself says it better.
  const choices = errors.filter(({ keyword }) => keyword === 'oneOf').map(({ instancePath }) => instancePath)
  const told = errors.filter(
    ({ keyword, instancePath }) => keyword === 'oneOf' || !choices.includes(instancePath)
  )
  return [...new Set(told.map(sentence))]
}

function sentence(error: ErrorObject): string {
  const [id, ...fields] = error.instancePath.split('/').slice(1).map(unescapePointer)
  if (id === undefined) return 'The file must hold one JSON object, with a provider id for each key'
  const field = fields.join('.')
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty)
    return field === '' ? unknownField(id, name) : `${id}: ${field}: "${name}" is not a field here`
  }
  return field === '' ? `${id}: ${expected(error)}` : `${id}: ${field}: ${expected(error)}`
}

function expected({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'oneOf') return 'must be a duration: text such as "90s" or "30d", or a number of seconds'
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`
  if (keyword === 'type') return `must be of type ${[params.type].flat().join(' or ')}`
  return message ?? 'is not as it should be'
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
