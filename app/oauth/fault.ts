import { readFileSync } from 'node:fs'

/** What can be wrong with a definition; its words are `faults.entry.<code>` of the catalogues. */
export const FAULT_CODES = [
  'no_object',
  'unknown_field',
  'misspelt_field',
  'foreign_field',
  'duration',
  'no_duration',
  'choice',
  'type',
  'too_long',
  'pattern',
  'repeated',
  'missing_field',
  'least',
  'malformed',
  'no_url',
  'url_parts',
  'scheme',
  'insecure',
  'private_address',
  'id',
  'dotted_id',
  'empty',
  'empty_scope',
  'header_name',
  'day',
  'zero',
  'zero_or_null',
  'no_grace',
  'not_positive',
  'cron',
  'cron_fields',
  'regular_expression',
  'endless_pattern',
  'unknown_class',
  'pattern_flags',
  'no_endpoint',
  'circle',
  'unknown_base',
  'misspelt_base',
  'clientless_secret',
  'two_secrets',
  'unset_variable',
  'file_only',
  'kept_apart',
  'unreadable',
  'key',
  'fixed_key',
  'taken_key',
  'gone',
  'number',
  'no_pair',
  'no_variable',
  'twice',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

type Values = Readonly<Record<string, string | number>>

/** Something that is wrong with a definition, for whoever says it in a language. */
export interface Fault {
  code: FaultCode
  values: Values
}

/** A fault of a provider: `field` is a path such as `config.site.pattern`, empty where no single field is to blame. */
export interface FieldFault extends Fault {
  id: string
  field: string
}

type Words = Readonly<Record<string, string>>

// Logs and the command line speak English, by the same words as English pages.
const ENGLISH: { entry: Words; mcp: Words } = JSON.parse(
  readFileSync(new URL('../../resources/lang/en/faults.json', import.meta.url), 'utf8')
)

export function fault(code: FaultCode, values: Values = {}): Fault {
  return { code, values }
}

/** The fault in English, without its place. */
export function faultWords({ code, values }: Fault): string {
  return inEnglish('entry', code, values)
}

/** The fault in English, beginning with provider and field. */
export function faultSentence({ id, field, ...rest }: FieldFault): string {
  return [id, field, faultWords(rest)].filter(Boolean).join(': ')
}

/** The words of a code in English, with its values. */
export function inEnglish(area: keyof typeof ENGLISH, code: string, values: Values): string {
  return ENGLISH[area][code].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
