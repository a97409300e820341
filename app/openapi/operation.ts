import type { ErrorCode } from '#openapi/errors'
import type { Schema } from '#transformers/api_schema'
import type { ApiInput } from '#validators/api_input'

/** One answer that is no error. */
export interface Answer {
  says: string
  /** None where the body is empty. */
  schema?: Schema
  /** It names where to look. */
  hasLocation?: boolean
}

/** What the description of the API says of one call, beyond what its route tells. */
export interface Operation {
  id: string
  summary: string
  /** Markdown: paragraphs and code words. */
  description?: string
  query?: ApiInput
  body?: ApiInput
  /** An example of the body. */
  example?: Readonly<Record<string, unknown>>
  /** An example of the query. */
  exampleQuery?: Readonly<Record<string, unknown>>
  answers: Readonly<Record<number, Answer>>
  /** Codes of its own; those of every call are added. */
  errors?: readonly ErrorCode[]
  /** Members that its problems have beside those of their codes. */
  more?: Readonly<Record<string, Schema>>
}

/** Calls of one kind, each under its method and path. */
export interface OperationGroup {
  name: string
  description: string
  operations: Readonly<Record<`${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`, Operation>>
}

/** Errors of every read of a token. */
export const TOKEN_ERRORS: readonly ErrorCode[] = [
  'not_found',
  'reauth_required',
  'account_suspended',
  'action_required',
  'rate_limited',
  'refresh_retrying',
  'provider_unavailable',
]

/** One page of a list. */
export function pageOf(items: Schema): Schema {
  const cursor = { type: ['string', 'null'] }
  return {
    type: 'object',
    properties: { data: { type: 'array', items }, next_cursor: cursor, previous_cursor: cursor },
    required: ['data', 'next_cursor', 'previous_cursor'],
  }
}
