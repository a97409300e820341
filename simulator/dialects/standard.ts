import { genericDialect, STANDARD_FAILURES } from '#simulator/dialects/generic'
import { refreshField } from '#simulator/dialects/parts'
import type { Told } from '#simulator/types'

const tokens = (told: Told) => ({
  access_token: told.access,
  token_type: 'Bearer',
  expires_in: told.expiresIn,
  ...refreshField(told),
  scope: told.scope,
})

const userinfo = ({ account }: Told) => ({
  sub: account.id,
  preferred_username: account.name,
  name: account.name,
})

/** A server that does what RFC 6749, 7009 and 9207 say, for definitions that name no vendor. */
export const standard = genericDialect({
  id: 'oauth2',
  page: 'https://www.rfc-editor.org/rfc/rfc6749',
  serves: ['oauth2', 'simulated'],
  tokens: { scope: 'openid profile offline_access' },
  authorize: {
    url: 'https://login.simulated.example/authorize',
    issuer: 'https://login.simulated.example',
  },
  code: { url: 'https://login.simulated.example/token', answer: tokens },
  refresh: {},
  profile: { url: 'https://login.simulated.example/userinfo', answer: userinfo },
  revoke: { url: 'https://login.simulated.example/revoke' },
})

const resource = { resource: /^https:\/\/mcp\.simulated\.example\/mcp$/ }

/** The authorization server of an MCP server: PKCE for everybody, public clients, the resource in every request. */
export const mcp = genericDialect({
  id: 'mcp',
  page: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization',
  serves: ['mcp', 'simulated_mcp'],
  client: { id: 'simulated-mcp-client', secret: null },
  tokens: { scope: 'files:read' },
  authorize: {
    url: 'https://auth.simulated-mcp.example/authorize',
    issuer: 'https://auth.simulated-mcp.example',
    pkce: 'demanded',
    params: resource,
  },
  code: {
    url: 'https://auth.simulated-mcp.example/token',
    client: ['public'],
    params: resource,
    answer: tokens,
  },
  refresh: { params: resource },
  profile: { url: 'https://auth.simulated-mcp.example/userinfo', answer: userinfo },
  revoke: { url: 'https://auth.simulated-mcp.example/revoke', client: ['public'] },
  failures: STANDARD_FAILURES,
})
