import { SCHEMAS } from '#openapi/components'
import { HEADERS } from '#openapi/headers'
import type { Operation, OperationGroup } from '#openapi/operation'
import { campaignOperations } from '#openapi/operations/campaigns'
import { channelOperations } from '#openapi/operations/channels'
import { connectionOperations } from '#openapi/operations/connections'
import { healthOperations } from '#openapi/operations/health'
import { figureOperations, runOperations } from '#openapi/operations/runs'
import { tokenOperations } from '#openapi/operations/tokens'
import { responsesOf, SHARED_RESPONSES } from '#openapi/responses'
import type { ApiRoute } from '#openapi/routes'
import type { ApiInput } from '#validators/api_input'

/** Every call, in the order in which a reader meets them. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
  tokenOperations,
  connectionOperations,
  runOperations,
  figureOperations,
  campaignOperations,
  channelOperations,
  healthOperations,
]

/** A description in OpenAPI 3.1. */
export interface ApiDocument {
  openapi: string
  info: { title: string; version: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, DescribedCall>>
  components: Record<string, Record<string, object>>
}

export interface DescribedCall {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security: Record<string, string[]>[]
  parameters: Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: object; example?: object }> }
  responses: Record<string, object>
}

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: object
  example?: unknown
}

/**
 * The description of the API: what the router tells of each call (path, ability, repetition), what the validators tell of
 * its input, what the schemas beside the transformers tell of its answers. Throws where a route has no description or a
 * description has no route.
 */
export function apiDocument(routes: readonly ApiRoute[]): ApiDocument {
  const byName = new Map(routes.map((route) => [route.name, route]))
  const paths: ApiDocument['paths'] = {}
  for (const { name: tag, operations } of OPERATION_GROUPS) {
    for (const [name, operation] of Object.entries(operations)) {
      const route = byName.get(name)
      if (!route) throw new Error(`The API's description names ${name}, which is no route`)
      byName.delete(name)
      paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: call(tag, route, operation) }
    }
  }
  const [missing] = byName.keys()
  if (missing) throw new Error(`The API's description lacks ${missing}`)
  return { ...FRAME, paths, components: COMPONENTS } as ApiDocument
}

const COMPONENTS = {
  schemas: SCHEMAS,
  headers: HEADERS,
  responses: SHARED_RESPONSES,
  securitySchemes: {
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'A key of one organization, made by `node ace api-key:create`. It begins with `evg_`.',
    },
  },
}

const FRAME = {
  openapi: '3.1.1',
  info: {
    title: 'Evergrant',
    // Its first number stands in the paths.
    version: '1.0.0',
    description: 'Tokens and connections for programs, in any language.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: OPERATION_GROUPS.map(({ name, description }) => ({ name, description })),
}

function call(tag: string, route: ApiRoute, operation: Operation): DescribedCall {
  const { id, summary, description, body, example } = operation
  const asks = route.ability === null ? [] : [`The key needs the ability \`${route.ability}\`.`]
  return {
    operationId: id,
    summary,
    description: [...(description ? [description] : []), ...asks].join('\n\n') || summary,
    tags: [tag],
    security: route.ability === null ? [] : [{ apiKey: [route.ability] }],
    parameters: parametersOf(route, operation),
    ...(body ? { requestBody: requestBody(body, example) } : {}),
    responses: responsesOf(route, operation),
  }
}

function parametersOf(
  { params, isRepeatable }: ApiRoute,
  { query, exampleQuery = {} }: Operation
): Parameter[] {
  const inPath = params.map((name) => ({
    ...{ name, in: 'path' as const, required: true, schema: { type: 'string' } },
    description: PATH_WORDS[name] ?? 'Its id.',
  }))
  const { properties = {}, required = [] } = query?.schema() ?? {}
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query' as const, required: required.includes(name), schema },
    ...(exampleQuery[name] === undefined ? {} : { example: exampleQuery[name] }),
  }))
  return [...inPath, ...inQuery, ...(isRepeatable ? [IDEMPOTENCY_KEY] : [])]
}

const PATH_WORDS: Readonly<Record<string, string>> = {
  name: 'The name of the job.',
  connection: 'The id of the connection.',
  session: 'The id of the session.',
}

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repetition with the same key within 24 hours is answered the same, and done once.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function requestBody(body: ApiInput, example?: object) {
  const schema = body.schema()
  const content = { 'application/json': { schema, ...(example ? { example } : {}) } }
  return { required: (schema.required ?? []).length > 0, content }
}
