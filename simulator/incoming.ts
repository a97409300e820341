import type { IncomingMessage } from 'node:http'

/** A request as the doors see it. */
export interface Incoming {
  method: string
  dialect: string
  /** The vendor's host and path, which the path under our own host names. */
  host: string
  path: string
  headers: IncomingMessage['headers']
  query: Readonly<Record<string, string>>
  /** What the body says it is; null where there is none. */
  bodyKind: 'form' | 'json' | 'other' | null
  /** The fields of the body; empty where it is not what it says. */
  fields: Readonly<Record<string, string>>
  basic: { id: string; secret: string } | null
}

/** Reads a request to its end. Its path is `/<dialect>/<vendor host>/<path>`. */
export async function readIncoming(request: IncomingMessage): Promise<Incoming> {
  const url = new URL(request.url ?? '/', 'http://simulator')
  const [, dialect = '', host = '', ...rest] = url.pathname.split('/')
  const text = await textOf(request)
  const bodyKind = kindOf(request.headers['content-type'], text)
  return {
    method: request.method ?? 'GET',
    dialect: decodeURIComponent(dialect),
    host: decodeURIComponent(host),
    path: `/${rest.join('/')}`,
    headers: request.headers,
    query: Object.fromEntries(url.searchParams),
    bodyKind,
    fields: fieldsOf(bodyKind, text),
    basic: basicOf(request.headers.authorization),
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function kindOf(contentType: string | undefined, text: string): Incoming['bodyKind'] {
  if (text === '') return null
  if (contentType?.startsWith('application/x-www-form-urlencoded')) return 'form'
  return contentType?.startsWith('application/json') ? 'json' : 'other'
}

function fieldsOf(kind: Incoming['bodyKind'], text: string): Record<string, string> {
  if (kind === 'form') return Object.fromEntries(new URLSearchParams(text))
  if (kind !== 'json') return {}
  try {
    const value: unknown = JSON.parse(text)
    const entries = Object.entries(value as Record<string, unknown>)
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    )
  } catch {
    return {}
  }
}

function basicOf(authorization: string | undefined): Incoming['basic'] {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return null
  const [id, ...secret] = Buffer.from(encoded, 'base64').toString().split(':')
  return { id, secret: secret.join(':') }
}
