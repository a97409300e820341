import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What is asked, again and again in this order: whole requests as they go over the wire. */
export interface Target {
  port: number
  requests: readonly Buffer[]
}

const HEAD_END = '\r\n\r\n'

/**
 * Sends `count` requests over so many connections, each with one request at a time; resolves with what each took, in
 * milliseconds. It speaks HTTP/1.1 by hand, so that it costs a fraction of what it measures. Rejects unless every answer
 * is a 200.
 */
export async function load(
  { port, requests }: Target,
  { count, connections }: { count: number; connections: number }
): Promise<number[]> {
  const taken: number[] = []
  let sent = 0
  const next = () => (sent < count ? requests[sent++ % requests.length] : null)
  const asking = Array.from({ length: connections }, () => askAll(port, next, taken))
  const rest = stayAwake()
  await Promise.all(asking).finally(rest)
  return taken
}

/**
 * Keeps this process from sleeping until the function that it returns is called. Whoever sends to a process that sleeps
 * pays for waking it, and on a virtual machine that is more than the whole answer: the slower of two servers, whose
 * asker sleeps more often, would seem slower still.
 */
function stayAwake(): () => void {
  let isAwake = true
  const turn = () => void (isAwake && setImmediate(turn))
  turn()
  return () => void (isAwake = false)
}

async function askAll(port: number, next: () => Buffer | null, taken: number[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  try {
    for (let request = next(); request; request = next()) {
      const started = performance.now()
      socket.write(request)
      await wholeAnswer(socket)
      taken.push(performance.now() - started)
    }
  } finally {
    socket.destroy()
  }
}

function wholeAnswer(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const end = (problem: Error | null) => {
      socket.off('data', read).off('error', end).off('close', closed)
      if (problem) reject(problem)
      else resolve()
    }
    const closed = () => end(new Error('the server closed the connection'))
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      end(text.startsWith('HTTP/1.1 200 ') ? null : new Error(`not a 200: ${text.slice(0, 400)}`))
    }
    socket.on('data', read).on('error', end).on('close', closed)
  })
}

function isWhole(text: string): boolean {
  const head = text.indexOf(HEAD_END)
  if (head === -1) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1]
  if (length === undefined) throw new Error(`no Content-Length: ${text.slice(0, head)}`)
  return text.length >= head + HEAD_END.length + Number(length)
}
