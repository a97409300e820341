import type { IncomingMessage } from 'node:http'
import type { Context } from 'oidc-provider'

/** More than any form of the sandbox or any OAuth request needs. */
const LIMIT = 56 * 1024

/**
 * Reads a form and leaves the request as if nobody had: `oidc-provider` reads it again from the start.
 * Throws when the body is larger than 56 KiB.
 */
export async function bufferForm(ctx: Context): Promise<URLSearchParams> {
  const body = await readBody(ctx.req)
  ctx.req = Object.create(ctx.req, {
    readable: { value: true },
    iterator: { value: () => [body] },
  }) as IncomingMessage
  return new URLSearchParams(body.toString('utf8'))
}

/** Reads a form that nobody else needs. Throws when the body is larger than 56 KiB. */
export async function readForm(ctx: Context): Promise<URLSearchParams> {
  const body = await readBody(ctx.req)
  return new URLSearchParams(body.toString('utf8'))
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LIMIT) throw Object.assign(new Error('the form is too large'), { status: 413, expose: true })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
