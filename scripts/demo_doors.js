/**
 * What the demo has on loopback beside the simulator: a receiver that takes every webhook, a mail server that takes every
 * letter, and a provider that takes its time, whose tokens live for less than a minute.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'

/** How long the slow provider thinks, in milliseconds, and how long its tokens live, in seconds. */
const THINKS = 8_000
const LIVES = 45

/** Starts listening; `simulator` becomes known later. */
export async function openDoors() {
  const doors = { simulator: '', origin: '', mail: '' }
  const server = createServer((request, response) => {
    const answer = request.url?.startsWith('/slow/') ? slowly(doors, request) : taken(request)
    answer
      .then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(body)
      )
      .catch(() => response.writeHead(502).end())
  })
  const onData = (stream, session, done) => stream.on('end', done).resume()
  const mail = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], onData })
  doors.origin = `http://${await listening(server, server)}`
  doors.mail = `smtp://${await listening(mail, mail.server)}`
  return doors
}

async function listening(server, socket) {
  server.listen(0, '127.0.0.1')
  if (!socket.listening) await once(socket, 'listening')
  return `127.0.0.1:${socket.address().port}`
}

async function bodyOf(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

async function taken(request) {
  await bodyOf(request)
  return { status: 204, body: undefined }
}

/** Passes a request on to the simulator, and shortens the life of the token that comes back. */
async function slowly({ simulator }, request) {
  const body = await bodyOf(request)
  await sleep(THINKS)
  const { authorization = '', 'content-type': type = '' } = request.headers
  const headers = { 'content-type': type, ...(authorization && { authorization }) }
  const answer = await fetch(`${simulator}${request.url.slice('/slow'.length)}`, {
    method: 'POST',
    headers,
    body,
  })
  const told = await answer.json()
  return {
    status: answer.status,
    body: JSON.stringify(told.expires_in ? { ...told, expires_in: LIVES } : told),
  }
}
