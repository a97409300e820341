import { at, isObject, optionalText, type JsonObject } from '#oauth/own'

/** What a body turned out to be, before anything is concluded from it. */
export type Answer =
  | { kind: 'object'; body: JsonObject }
  /** JSON, but no object: `null`, an array, a number, a text. */
  | { kind: 'not_an_object' }
  | { kind: 'html' | 'not_json' | 'empty_body'; text: string }

/**
 * Tells what a body is. JSON is recognized whatever the content type says, since many servers label it as text; a form
 * is read only where the content type names it, since nearly any text would pass for one. Never throws.
 */
export function readAnswer({ body, headers }: { body: string; headers: Headers }): Answer {
  const text = body.replace(/^\ufeff/, '').trim()
  if (text === '') return { kind: 'empty_body', text }
  // Looked at only where it matters: headers are built at the first look.
  if (!/^[{<]/.test(text) && isForm(headers)) {
    return { kind: 'object', body: { ...Object.fromEntries(new URLSearchParams(text)) } }
  }
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? { kind: 'object', body: value } : { kind: 'not_an_object' }
  } catch {
    return { kind: text.startsWith('<') ? 'html' : 'not_json', text }
  }
}

function isForm(headers: Headers): boolean {
  const type = headers.get('content-type')?.toLowerCase()
  return type?.startsWith('application/x-www-form-urlencoded') === true
}

/** The error that a decoded answer reports; code null where it reports none. */
export interface ReportedError {
  code: string | null
  /** The finer code beside it, such as Meta's `error_subcode` or Google's `error_subtype`. */
  subcode: string | null
  /** All the words that the answer has about it, joined. */
  message: string
}

const CODE_PATHS = ['error.code', 'error.type', 'errors.0.code', 'code']
const SUBCODE_PATHS = ['error.error_subcode', 'error_subcode', 'error_subtype', 'errors.0.reason']
const MESSAGE_PATHS = [
  'error_description',
  'error_message',
  'message',
  'detail',
  'title',
  'type',
  'error.message',
  'error.type',
  'errors.0.message',
  'errors.0.reason',
  'error.errors.0.reason',
]

/**
 * Finds the error in an answer: RFC 6749 §5.2 first, then the nested, listed and problem+json forms in use. Numbers
 * count as codes. `error: null`, `""`, `false` and `0` report nothing. `paths` says where a definition keeps them.
 */
export function readError(body: JsonObject, paths: Readonly<Record<string, string>>): ReportedError {
  const own = (field: string) => (Object.hasOwn(paths, field) ? at(body, paths[field]) : undefined)
  const code = errorText(own('error')) ?? errorText(at(body, 'error')) ?? firstText(body, CODE_PATHS)
  const messages = MESSAGE_PATHS.map((path) => optionalText(at(body, path))?.slice(0, 2_048))
  const words = new Set(
    [optionalText(own('error_description')), ...messages].filter((word) => word !== undefined)
  )
  return { code, subcode: firstText(body, SUBCODE_PATHS), message: [...words].join(' · ') }
}

/** True where the answer says by itself that it is an error, whatever its status. */
export function reportsError(body: JsonObject, paths: Readonly<Record<string, string>>): boolean {
  const own = Object.hasOwn(paths, 'error') ? at(body, paths.error) : undefined
  return [own, at(body, 'error')].some((error) => Boolean(error)) || at(body, 'ok') === false
}

function errorText(value: unknown): string | null {
  return value === 0 ? null : (optionalText(value) ?? null)
}

function firstText(body: JsonObject, paths: readonly string[]): string | null {
  for (const path of paths) {
    const found = optionalText(at(body, path))
    if (found !== undefined) return found
  }
  return null
}
