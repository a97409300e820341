import { formEncode } from '#oauth/client_authentication'
import { type Secret } from '#oauth/secret'
import type { OutgoingRequest } from '#oauth/types'

/** How we name ourselves where nobody says otherwise. */
export const USER_AGENT = 'evergrant'

/** A request as bytes and strings: the last form before the wire, and the only one that holds bare secrets. */
export interface WireRequest {
  url: URL
  headers: Record<string, string>
  body: string | null
  /** In place of `body`: bytes as they are. */
  content?: string | Uint8Array
}

/**
 * Reveals the secrets of a request and encodes its query and body. Throws where the URL cannot be parsed or a header
 * holds what HTTP forbids; the transport reports that as a request that was never sent.
 */
export function toWire(request: OutgoingRequest, userAgent: string): WireRequest {
  const url = new URL(request.url)
  if (request.query) {
    const query = formOf(request.query)
    url.search = url.search ? `${url.search}&${query}` : query
  }
  // Without "identity" a proxy may compress, and each compressed answer must be unpacked under the size cap.
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': userAgent }
  for (const name in request.headers) headers[name] = text(request.headers[name])
  if (request.content) {
    headers['content-type'] = request.content.type
    return { url, headers, body: null, content: request.content.bytes }
  }
  if (!request.body) return { url, headers, body: null }
  const { format, fields, lists } = request.body
  headers['content-type'] = CONTENT_TYPES[format]
  return { url, headers, body: format === 'json' ? jsonOf(fields, lists) : formOf(fields) }
}

export const CONTENT_TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json' }

function formOf(fields: Record<string, string | Secret>): string {
  let form = ''
  for (const name in fields) form += `${form && '&'}${formEncode(name)}=${formEncode(text(fields[name]))}`
  return form
}

function jsonOf(fields: Record<string, string | Secret>, lists: object = {}): string {
  const texts = Object.entries(fields).map(([name, value]) => [name, text(value)])
  return JSON.stringify({ ...Object.fromEntries(texts), ...lists })
}

function text(value: string | Secret): string {
  return typeof value === 'string' ? value : value.reveal()
}
