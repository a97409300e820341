import { readFile } from 'node:fs/promises'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { unknownField } from '#oauth/build_providers'
import { ProvidersFileError, type ProvidersFile } from '#oauth/providers_file_types'

const SCHEMA = new URL('../../resources/providers.schema.json', import.meta.url)

/**
 * Reads PROVIDERS_FILE and checks it against `resources/providers.schema.json`. Throws `ProvidersFileError` with one
 * sentence per problem: file missing, not JSON (with the line), a field that does not exist, a value of the wrong kind.
 */
export async function readProvidersFile(path: string): Promise<ProvidersFile> {
  const value = parse(path, await read(path))
  const validate = await validator()
  if (!validate(value)) throw new ProvidersFileError(sentences(validate.errors ?? []))
  return Object.fromEntries(Object.entries(value as ProvidersFile).filter(([id]) => id !== '$schema'))
}

async function read(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    return text.replace(/^\ufeff/, '')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new ProvidersFileError([`${path} ${reason}; correct PROVIDERS_FILE, or remove it`])
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    throw new ProvidersFileError([`${path} is not JSON, line ${lineOf(text)}: ${withoutExcerpt(message)}`])
  }
}

// The parser does not always say where, so the shortest beginning that no ending could repair is looked for.
function lineOf(text: string): number {
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (couldGoOn(text.slice(0, middle + 1))) low = middle + 1
    else high = middle
  }
  return text.slice(0, low).split('\n').length
}

function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning)
    return true
  } catch (error) {
    const { message } = error as SyntaxError
    const place = /position (\d+)/.exec(message)
    return /end of JSON|Unterminated/.test(message) || Number(place?.[1]) >= beginning.length
  }
}

// The parser quotes the text around the fault, where a client secret may stand.
function withoutExcerpt(message: string): string {
  return message
    .replace(/(, |: )?(\.\.\.)?".*" is not valid JSON/s, '')
    .replace(/ in JSON at position.*$/s, '')
}

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
