import { createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ResourceServerOptions {
  issuer: () => string
  publicKey: () => JsonWebKey
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/**
 * A resource server: it answers without a token with a challenge, describes itself by RFC 9728, and with a token it
 * checks signature, issuer, audience and scope before it works.
 */
export async function startResourceServer(options: ResourceServerOptions) {
  const overrides = new Map<string, Answer>()
  const seen: string[] = []
  const server = createServer((request, response) => {
    request.resume()
    const path = request.url ?? '/'
    seen.push(`${request.method} ${path}`)
    const override = overrides.get(path)
    if (override) return override(response, request)
    if (path === '/mcp') return serve(request, response)
    if (path === METADATA) return json(response, 200, lab.document)
    json(response, 404, {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const claims = token === undefined ? null : claimsOf(token, options.publicKey())
    const place = `Bearer resource_metadata="${origin}${METADATA}"`
    if (!claims || claims.aud !== lab.resource || claims.iss !== options.issuer()) {
      const scope = lab.challengeScope === null ? '' : `, scope="${lab.challengeScope}"`
      return json(response, 401, {}, { 'www-authenticate': `Basic realm="old", ${place}${scope}` })
    }
    const granted = String(claims.scope ?? '').split(' ')
    if (lab.demands.every((scope) => granted.includes(scope))) return json(response, 200, { sub: claims.sub })
    const demand = `${place}, error="insufficient_scope", scope="${lab.demands.join(' ')}"`
    json(response, 403, {}, { 'www-authenticate': demand })
  }

  const lab = {
    origin,
    resource: `${origin}/mcp`,
    metadataUrl: `${origin}${METADATA}`,
    seen,
    challengeScope: 'files:read' as string | null,
    demands: ['files:read'],
    document: {
      resource: `${origin}/mcp`,
      authorization_servers: [options.issuer()],
      scopes_supported: ['files:read', 'files:write'],
      resource_name: 'Nova’s files',
    } as Record<string, unknown>,
    /** From now on a path answers like this. */
    override: (path: string, answer: Answer) => void overrides.set(path, answer),
    /** Calls the server with a token, as an MCP client would. */
    async call(token: string) {
      const response = await fetch(`${origin}/mcp`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      })
      return { status: response.status, challenge: response.headers.get('www-authenticate') }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return lab
}

export type ResourceServerLab = Awaited<ReturnType<typeof startResourceServer>>

const METADATA = '/.well-known/oauth-protected-resource/mcp'

export function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {}
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** The claims of a JWT whose signature holds; null for anything else. */
function claimsOf(token: string, jwk: JsonWebKey): Record<string, unknown> | null {
  const [head, body, signature] = token.split('.')
  if (!signature) return null
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const isGood = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url')
  )
  return isGood ? JSON.parse(Buffer.from(body, 'base64url').toString()) : null
}
