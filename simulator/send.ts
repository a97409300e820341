import type { ServerResponse } from 'node:http'
import type { Reply } from '#simulator/types'

/** Writes an answer: an object as JSON, a text as HTML unless its headers say otherwise, null as nothing. */
export function send(response: ServerResponse, { status, headers = {}, body }: Reply, now: number): void {
  const told = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'function' ? value(now) : value,
  ])
  const text =
    body === null || body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const type =
    typeof body === 'string' && !/^[{[]/.test(body) ? 'text/html; charset=utf-8' : 'application/json'
  const content = text === '' ? {} : { 'content-type': type }
  response.writeHead(status, { ...content, ...Object.fromEntries(told) }).end(text)
}

/** Ends the connection without an answer, as a network does that fails at the worst moment. */
export function cut(response: ServerResponse): void {
  response.socket?.destroy()
}
