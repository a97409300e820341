import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from '#tests/helpers/token_server'

/** What a revocation endpoint was shown (RFC 7009 §2.1). */
export interface Asked {
  token: string | null
  hint: string | null
}

/** A revocation endpoint on loopback that keeps what it was shown and answers as `state` says. */
export async function revocationServer(cleanup: (work: () => Promise<void>) => void) {
  const asked: Asked[] = []
  const state = { status: 200, body: {} as object, headers: {} as Record<string, string> }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const fields = new URLSearchParams(body)
      asked.push({ token: fields.get('token'), hint: fields.get('token_type_hint') })
      json(response, state.status, state.body, state.headers)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/revoke`, asked, state }
}
