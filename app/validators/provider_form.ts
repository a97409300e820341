import { entryProblem, type EntryProblem } from '#oauth/added_provider'
import { fault, type Fault } from '#oauth/fault'
import type { ProviderEntry } from '#oauth/providers_file_types'
import { Secret } from '#oauth/secret'
import { FORM_FIELDS } from '#transformers/provider_form'
import type { FieldKind } from '#transformers/provider_form_types'

/** What a person wrote into the provider form. */
export interface ProviderForm {
  key: string
  name: string
  entry: ProviderEntry
  /** Undefined where the field was left empty, which keeps the secret that is stored. */
  clientSecret: Secret | null | undefined
  /** The texts as they were written, for the form to show again; without the secret. */
  values: Record<string, string>
  problems: EntryProblem[]
}

type Read = { value?: unknown; wrong?: Fault }

/**
 * Reads the provider form: texts become the fields of PROVIDERS_FILE, empty ones are left out. Only what no field can
 * hold is a problem here; whether the provider can work is the catalogue's to say.
 */
export function readProviderForm(body: Record<string, unknown>): ProviderForm {
  const problems: EntryProblem[] = []
  const found: Record<string, unknown> = {}
  const values: Record<string, string> = {}
  for (const { name, kind } of FORM_FIELDS.filter((field) => field.kind !== 'secret')) {
    const text = typeof body[name] === 'string' ? body[name].replaceAll('\r\n', '\n') : ''
    values[name] = text
    if ((kind === 'verbatim' ? text : text.trim()) === '') continue
    const { value, wrong } = READERS[kind](kind === 'verbatim' ? text : text.trim())
    if (wrong) problems.push(entryProblem(name, wrong))
    else found[name] = value
  }
  const { key = '', name = '', strikes, per_second: perSecond, concurrency, ...entry } = found
  const limits = { per_second: perSecond, concurrency }
  if (strikes !== undefined) Object.assign(entry, { strikes: Number(strikes) })
  if (perSecond !== undefined || concurrency !== undefined)
    Object.assign(entry, { rate_limit: defined(limits) })
  const clientSecret = secretOf(body)
  return { key: key as string, name: name as string, entry, clientSecret, values, problems }
}

function secretOf({ client_secret: text, remove_client_secret: remove }: Record<string, unknown>) {
  if (remove === 'yes') return null
  return typeof text === 'string' && text.trim() !== '' ? new Secret(text.trim()) : undefined
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

const asText = (text: string): Read => ({ value: text })

const READERS: Record<FieldKind, (text: string) => Read> = {
  text: asText,
  verbatim: asText,
  choice: asText,
  secret: asText,
  flag: (text) => ({ value: text === 'yes' }),
  number: (text) => (isNumber(text) ? { value: Number(text) } : { wrong: fault('number') }),
  words: (text) => ({ value: [...new Set(text.split(/\s+/))] }),
  lines: (text) => ({ value: linesOf(text) }),
  map: (text) => readMap(text),
  variables: (text) => readVariables(text),
  duration: (text) => ({ value: text === 'never' ? null : isNumber(text) ? Number(text) : text }),
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text)
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

function readMap(text: string): Read {
  const pairs = linesOf(text).map((line) => /^([^=]+)=(.*)$/.exec(line))
  const wrong = pairs.findIndex((pair) => pair === null)
  if (wrong >= 0) return { wrong: fault('no_pair', { line: wrong + 1 }) }
  return asObject(pairs.map((pair) => [pair![1].trim(), pair![2].trim()]))
}

// A pattern may hold the separator itself, as "or".
function readVariables(text: string): Read {
  const parts = linesOf(text).map((line) => line.split('|').map((part) => part.trim()))
  const wrong = parts.findIndex(([name, title]) => !name || !title)
  if (wrong >= 0) return { wrong: fault('no_variable', { line: wrong + 1 }) }
  return asObject(
    parts.map(([name, title, ...pattern]) => {
      return [name, { title, ...(pattern.length > 0 ? { pattern: pattern.join('|') } : {}) }]
    })
  )
}

function asObject(entries: [string, unknown][]): Read {
  const names = entries.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return { wrong: fault('twice', { name: twice }) }
  return { value: Object.fromEntries(entries) }
}
