import type { ServerResponse } from 'node:http'

/** A fault at the token endpoint: whether the provider did its work before it, and what the client gets to see. */
interface AnswerFault {
  processes: boolean
  answer(response: ServerResponse, body: string): void
}

const json = { 'content-type': 'application/json' }
const html = { 'content-type': 'text/html' }
const PAGE = '<html><title>Maintenance</title><h1>We will be back</h1></html>'

const reset = (response: ServerResponse) => void response.socket?.resetAndDestroy()
const silence = () => {}
const says = (status: number, headers: Record<string, string>, text: string) => (response: ServerResponse) =>
  void response.writeHead(status, headers).end(text)

function truncate(response: ServerResponse, body: string): void {
  response.writeHead(200, { ...json, 'content-length': String(body.length) })
  response.write(body.slice(0, body.length / 2), () => response.socket?.destroy())
}

/** A byte each 100 ms: longer than any deadline, and never silent. */
function drip(response: ServerResponse, body: string): void {
  response.writeHead(200, { ...json, 'content-length': String(body.length) })
  let sent = 0
  const timer = setInterval(() => response.write(body[sent++] ?? ' '), 100)
  response.once('close', () => clearInterval(timer))
}

/** Faults by name; those that end in `_after` come when the provider has processed the request. */
const FAULTS = {
  reset_before: { processes: false, answer: reset },
  reset_after: { processes: true, answer: reset },
  hang_before: { processes: false, answer: silence },
  hang_after: { processes: true, answer: silence },
  drip_after: { processes: true, answer: drip },
  truncated_after: { processes: true, answer: truncate },
  unavailable: { processes: false, answer: says(503, json, '{"error":"temporarily_unavailable"}') },
  server_error: { processes: false, answer: says(500, html, PAGE) },
  rate_limited: { processes: false, answer: says(429, { ...json, 'retry-after': '7' }, '{}') },
  html_before: { processes: false, answer: says(200, html, PAGE) },
  html_after: { processes: true, answer: says(200, html, PAGE) },
  empty_after: { processes: true, answer: says(200, json, '{}') },
  redirect: { processes: false, answer: says(307, { location: '/elsewhere' }, '') },
  bad_gateway_after: { processes: true, answer: says(502, html, PAGE) },
  gateway_timeout_after: { processes: true, answer: says(504, html, PAGE) },
  false_refusal: { processes: false, answer: says(400, json, '{"error":"invalid_grant"}') },
} satisfies Record<string, AnswerFault>

export type FaultName = keyof typeof FAULTS

/** What each fault does. */
export const ANSWER_FAULTS: Readonly<Record<FaultName, AnswerFault>> = FAULTS

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]
