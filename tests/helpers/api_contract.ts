import app from '@adonisjs/core/services/app'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { ApiDocument, DescribedCall } from '#openapi/document'
import { apiDocument } from '#openapi/document'
import { apiRoutes } from '#openapi/routes'

interface Answered {
  description: string
  headers?: Record<string, { $ref: string }>
  content?: Record<string, { schema: { allOf?: { properties?: { code?: { enum: string[] } } }[] } }>
}

/** One call of the description. */
export interface ContractCall extends DescribedCall {
  method: string
  path: string
  /** None: anybody may ask. */
  ability: string | null
  answers: Record<string, Answered>
}

/** The description of the API as this process serves it. */
export async function servedDocument(): Promise<ApiDocument> {
  return apiDocument(apiRoutes(await app.container.make('router')))
}

/**
 * Holds answers against the description: their status, headers, kind and body. It is stricter than what readers are told:
 * a field that the description does not know is an offence, too. What was answered is remembered.
 */
export class ApiContract {
  readonly calls: ContractCall[]
  /** `readToken 409 reauth_required` */
  readonly seen = new Set<string>()
  readonly #document: ApiDocument
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, formats: FORMATS })

  constructor(document: ApiDocument) {
    this.#document = document
    this.#ajv.addSchema(closed(document) as object, 'api')
    this.calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, call]) => ({
        ...{ ...call, path, method: method.toUpperCase() },
        ability: call.security[0]?.apiKey[0] ?? null,
        answers: Object.fromEntries(
          Object.entries(call.responses).map(([status, answer]) => [
            status,
            this.#resolve(answer) as Answered,
          ])
        ),
      }))
    )
  }

  /** Everything that the description promises, in the words of `seen`. */
  promised(): string[] {
    return this.calls.flatMap(({ operationId, answers }) =>
      Object.entries(answers).flatMap(([status, answer]) =>
        codesOf(answer).map((code) => `${operationId} ${status}${code}`)
      )
    )
  }

  /** A `fetch` that rejects where an answer breaks the contract. */
  readonly fetch = async (request: Request): Promise<Response> => {
    const response = await fetch(request)
    const text = await response.clone().text()
    const offences = this.offences(request.method, new URL(request.url).pathname, response, text)
    if (offences.length > 0)
      throw new Error(`${request.method} ${request.url}: ${response.status}\n${offences.join('\n')}\n${text}`)
    return response
  }

  /** What is wrong with an answer. */
  offences(method: string, path: string, response: Response, text: string): string[] {
    const call = this.calls.find((one) => one.method === method && patternOf(one.path).test(path))
    if (!call) return ['is not described']
    const answer = call.answers[response.status]
    if (!answer) return ['the status is not described']
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const code = response.ok ? '' : ` ${(body as { code?: string }).code}`
    this.seen.add(`${call.operationId} ${response.status}${code}`)
    return [...this.#headers(answer, response), ...this.#body(call, answer, response, body)]
  }

  #headers({ headers = {} }: Answered, response: Response): string[] {
    return Object.entries(headers).flatMap(([name, reference]) => {
      const { required, schema } = this.#resolve(reference) as { required: boolean; schema: { type: string } }
      const value = response.headers.get(name)
      if (value === null) return required ? [`lacks the header ${name}`] : []
      return schema.type === 'integer' && !/^\d+$/.test(value) ? [`${name} is "${value}"`] : []
    })
  }

  #body({ path, method }: ContractCall, answer: Answered, response: Response, body: unknown): string[] {
    const [kind] = Object.keys(answer.content ?? {})
    if (kind === undefined) return body === undefined ? [] : ['has a body']
    const sent = response.headers.get('content-type') ?? ''
    if (!sent.startsWith(`${kind};`)) return [`is ${sent}, not ${kind}`]
    const validate = this.#validator(path, method, response.status, kind)
    if (validate(body)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`
    )
  }

  #validator(path: string, method: string, status: number, kind: string): ValidateFunction {
    const { $ref: shared } = this.#document.paths[path][method.toLowerCase()].responses[status] as {
      $ref?: string
    }
    const place = shared ?? `#${pointer('paths', path, method.toLowerCase(), 'responses', String(status))}`
    const validate = this.#ajv.getSchema(`api${place}${pointer('content', kind, 'schema')}`)
    if (!validate) throw new Error(`No schema at ${place}`)
    return validate
  }

  #resolve(value: object): unknown {
    const { $ref } = value as { $ref?: string }
    if ($ref === undefined) return value
    const [, , group, name] = $ref.split('/')
    return this.#document.components[group][name]
  }
}

const FORMATS = {
  'uuid': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'date-time': (text: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  'uri': (text: string) => URL.canParse(text),
}

function codesOf({ content = {} }: Answered): string[] {
  const codes = content['application/problem+json']?.schema.allOf?.[1].properties?.code?.enum
  return codes ? codes.map((code) => ` ${code}`) : ['']
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

const pointer = (...parts: string[]) =>
  parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

/** The same description, whose objects hold no field that they do not name. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  if ('allOf' in value) return { ...value, unevaluatedProperties: false }
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === 'Problem' ? part : closed(part)])
  )
  const isObject = 'properties' in value && (value as { type?: unknown }).type === 'object'
  return isObject && !('additionalProperties' in value) ? { ...copy, additionalProperties: false } : copy
}
