import type { ApiDocument, DescribedCall } from '#openapi/document'
import { errorOf, type ErrorCode } from '#openapi/errors'
import { GENERAL_CODES } from '#openapi/responses'
import { curlOf } from '#openapi/reference/curl'
import { fieldsOf, formsOf, markup, typeOf, type ReferenceField } from '#openapi/reference/fields'

/** A call as the page of the reference shows it; texts are HTML. */
export interface ReferenceCall {
  id: string
  method: string
  path: string
  summary: string
  paragraphs: string[]
  tables: { title: string; fields: ReferenceField[] }[]
  curl: string
  answers: { status: string; says: string; type: string; fields: ReferenceField[] }[]
  errors: RefusedBecause[]
}

interface RefusedBecause {
  status: number
  code: string
  says: string
}

const INTRODUCTION = [
  'Send a key of your organization with each call: `Authorization: Bearer $KEY`. Bodies and answers are JSON, times are in UTC.',
  'Errors are `application/problem+json` with a stable `code`. Answers tell in `X-RateLimit-Remaining` how often a key may still ask in this minute.',
  'Lists come in pages: ask again with the `next_cursor` of an answer as `cursor`.',
]

/** The reference: every call by group, then the objects that they share. */
export function referencePage(document: ApiDocument, baseUrl: string) {
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ call, method: method.toUpperCase(), path }))
  )
  return {
    version: document.info.version,
    groups: document.tags.map(({ name, description }) => ({
      ...{ id: name.toLowerCase().replaceAll(' ', '-'), name, description },
      calls: calls
        .filter(({ call }) => call.tags.includes(name))
        .map(({ call, method, path }) => callOf(document, call, { method, path, baseUrl })),
    })),
    introduction: INTRODUCTION.map(markup),
    general: toErrors(GENERAL_CODES),
    objects: Object.entries(document.components.schemas).map(([name, schema]) => ({
      ...{ name, says: (schema as { description?: string }).description ?? null },
      forms: formsOf(schema as Record<string, unknown>).map((form) => fieldsOf(form)),
    })),
  }
}

interface Place {
  method: string
  path: string
  baseUrl: string
}

function callOf(document: ApiDocument, call: DescribedCall, place: Place): ReferenceCall {
  const { method, path } = place
  const { operationId: id, summary, description } = call
  return {
    ...{ id, method, path, summary },
    paragraphs: description === summary ? [] : description.split('\n\n').map(markup),
    tables: tablesOf(call).filter(({ fields }) => fields.length > 0),
    curl: curlOf(call, place),
    answers: answersOf(call),
    errors: errorsOf(call, document),
  }
}

function tablesOf({ parameters, requestBody }: DescribedCall) {
  const fields = (place: string) =>
    parameters
      .filter((one) => one.in === place)
      .map(({ name, required, schema, description }) => {
        const [field] = fieldsOf({
          properties: { [name]: { ...schema, ...(description ? { description } : {}) } },
        })
        return { ...field, isRequired: required }
      })
  return [
    { title: 'Path', fields: fields('path') },
    { title: 'Query', fields: fields('query') },
    { title: 'Headers', fields: fields('header') },
    { title: 'Body', fields: fieldsOf(requestBody?.content['application/json'].schema ?? {}) },
  ]
}

interface Answered {
  description: string
  content?: Record<string, { schema: object }>
}

function answersOf({ responses }: DescribedCall) {
  return Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, answer]) => {
      const { description, content } = answer as Answered
      const schema = content?.['application/json'].schema
      const isShared = schema !== undefined && '$ref' in schema
      return {
        ...{ status, says: markup(description) },
        type: isShared ? typeOf(schema) : '',
        fields: schema && !isShared ? fieldsOf(schema) : [],
      }
    })
}

interface Refused {
  $ref?: string
  content?: Record<string, { schema: { allOf: [unknown, { properties: { code: { enum: ErrorCode[] } } }] } }>
}

/** Its problems, but for those that every call has. */
function errorsOf({ responses }: DescribedCall, { components }: ApiDocument): RefusedBecause[] {
  const codes = Object.values(responses).flatMap((response) => {
    const { $ref } = response as Refused
    const { content } = (
      $ref ? components.responses[$ref.slice($ref.lastIndexOf('/') + 1)] : response
    ) as Refused
    return content?.['application/problem+json']?.schema.allOf[1].properties.code.enum ?? []
  })
  return toErrors(codes.filter((code) => !GENERAL_CODES.includes(code)))
}

function toErrors(codes: readonly ErrorCode[]): RefusedBecause[] {
  return codes.map((code) => ({ status: errorOf(code).status, code, says: markup(errorOf(code).says) }))
}
