import app from '@adonisjs/core/services/app'
import { appUrl } from '#config/app'
import Organization from '#models/organization'
import type { Granted } from '#services/api_keys/abilities'
import type { ApiKey } from '#services/api_keys/api_key_service'
import type { Engine } from '#services/build_engine'
import type { TokenManager } from '#services/token_manager/token_manager'

type Cleanup = (work: () => void | Promise<void>) => void

/** An answer of the API, its JSON read; where there is none the body is empty. */
export interface ApiAnswer {
  status: number
  headers: Headers
  body: Record<string, unknown>
  text: string
}

/** A program that calls the API with one key, over HTTP. */
export interface ApiCaller {
  apiKey: ApiKey
  key: string
  organizationId: string
  get(path: string, headers?: Record<string, string>): Promise<ApiAnswer>
  /** Without a body nothing is sent. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>
  delete(path: string): Promise<ApiAnswer>
}

/** One request below `/api/v1`, whatever its headers. */
export async function callApi(path: string, init: RequestInit = {}): Promise<ApiAnswer> {
  const response = await fetch(`${appUrl}/api/v1${path}`, { redirect: 'manual', ...init })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: JSON.parse(text || '{}'), text }
}

let count = 0

/** A program with a key of its own; in a new organization unless one is given. */
export async function anApiCaller({
  organizationId,
  abilities = ['*'],
  lifetime = null,
}: { organizationId?: string; abilities?: Granted[]; lifetime?: number | null } = {}): Promise<ApiCaller> {
  count++
  const home =
    organizationId ?? (await Organization.create({ slug: `api-${count}`, name: `API ${count}` })).id
  const keys = await app.container.make('apiKeys')
  const name = `Program ${count}`
  const made = await keys.create({ organizationId: home, name, abilities, lifetime, createdBy: null })
  const key = made.key.reveal()
  const authorized = (headers: Record<string, string> = {}) => ({
    authorization: `Bearer ${key}`,
    ...headers,
  })
  return {
    apiKey: made.apiKey,
    key,
    organizationId: home,
    get: (path, headers) => callApi(path, { headers: authorized(headers) }),
    delete: (path) => callApi(path, { method: 'DELETE', headers: authorized() }),
    post: (path, body, headers) =>
      callApi(path, {
        method: 'POST',
        headers: authorized({
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        }),
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
  }
}

/** Until the end of the test the application's doors lead to this engine, and to this token manager. */
export async function lendToApplication(
  cleanup: Cleanup,
  { engine, tokens }: { engine: Engine; tokens?: TokenManager }
): Promise<void> {
  const { container } = app
  const [ownEngine, ownTokens] = [await container.make('engine'), await container.make('tokens')]
  container.bindValue('engine', engine)
  if (tokens) container.bindValue('tokens', tokens)
  cleanup(() => {
    container.bindValue('engine', ownEngine)
    container.bindValue('tokens', ownTokens)
  })
}
