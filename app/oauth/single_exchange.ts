import type { Dispatcher } from 'undici'
import { decodeBody } from '#oauth/answer_body'
import { networkErrorCode, type Phase } from '#oauth/network_errors'
import type { Exchange } from '#oauth/types'

/** What one exchange is bound to. */
export interface ExchangeLimits {
  deadline: number
  maxBodyBytes: number
  secure: boolean
  now: () => number
}

type ReceivedHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2]

/**
 * Carries out one exchange on a dispatcher and settles exactly once. It owns the certainty about `sent`: undici calls
 * `onRequestStart` just before it writes the first byte, so an exchange that ends earlier has sent nothing. A second
 * `onRequestStart` would be a second sending, and is stopped.
 */
export function singleExchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  limits: ExchangeLimits
): Promise<Exchange> {
  return new Promise((resolve) => {
    const progress = track(limits, resolve)
    const collector = collectAnswer(progress, limits)
    dispatcher.dispatch(options, {
      ...collector,
      onRequestStart(controller) {
        if (progress.settled || progress.controller) return controller.abort(new Error('sent once'))
        progress.controller = controller
        progress.phase = 'waiting'
      },
      onResponseError(_, error) {
        progress.fail(networkErrorCode(error, progress.phase, limits.secure), error.message)
      },
    })
  })
}

/** How far an exchange has come. The first to call `settle` or `fail` decides; later calls change nothing. */
interface Progress {
  phase: Phase
  settled: boolean
  controller: Dispatcher.DispatchController | null
  settle(exchange: Exchange): void
  fail(code: string, description: string | null): void
}

function track(limits: ExchangeLimits, resolve: (exchange: Exchange) => void): Progress {
  const progress: Progress = {
    phase: 'connecting',
    settled: false,
    controller: null,
    settle(exchange) {
      if (progress.settled) return
      progress.settled = true
      clearTimeout(timer)
      resolve(exchange)
    },
    fail(code, description) {
      const sent = progress.phase !== 'connecting'
      progress.settle({ ok: false, sent, code, description, receivedAt: limits.now() })
    },
  }
  const giveUp = () => {
    if (progress.settled) return
    progress.fail(progress.phase === 'connecting' ? 'connect_timeout' : 'timeout', null)
    progress.controller?.abort(new Error('deadline'))
  }
  // After a stall of the process, timers fire before sockets are read: one more turn saves an answer already here.
  const timer = setTimeout(() => setImmediate(giveUp), limits.deadline)
  return progress
}

function collectAnswer(
  progress: Progress,
  { maxBodyBytes, now }: ExchangeLimits
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let size = 0
  let status = 0
  let headers: ReceivedHeaders = {}

  return {
    onResponseStart(_, statusCode, received) {
      // 1xx answers come before the real one.
      if (statusCode < 200) return
      progress.phase = 'receiving'
      status = statusCode
      headers = received
    },
    onResponseData(controller, chunk) {
      size += chunk.length
      if (size <= maxBodyBytes) return void chunks.push(chunk)
      progress.fail('too_large', `The answer is larger than ${maxBodyBytes} bytes`)
      controller.abort(new Error('too large'))
    },
    onResponseEnd() {
      const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
      const encoding = headers['content-encoding']
      const body = decodeBody(bytes, typeof encoding === 'string' ? encoding : null, maxBodyBytes)
      if (!body.ok) return progress.fail(body.code, null)
      progress.settle(answer(status, headers, body.text, now()))
    },
  }
}

/** An answer whose `Headers` are built at the first look: most judgements need one or none of them. */
function answer(status: number, received: ReceivedHeaders, body: string, receivedAt: number): Exchange {
  let headers: Headers | null = null
  return {
    ok: true,
    status,
    get headers() {
      return (headers ??= toHeaders(received))
    },
    body,
    receivedAt,
  }
}

function toHeaders(received: ReceivedHeaders): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(received)) {
    for (const item of [value ?? []].flat()) headers.append(name, item)
  }
  return headers
}
