import { defineProvider } from '#oauth/define_provider'

/**
 * Any MCP server. It names no endpoint: those come from the server's own metadata, and the client from its registration.
 * It serves as the base of such definitions and is never connected to itself.
 */
export default defineProvider({
  id: 'mcp',
  name: 'MCP server',
  icon: 'plug-connected',
  docs: 'https://modelcontextprotocol.io/specification/draft/basic/authorization',
  checkedOn: '2026-11-21',
  server: {},
  clientAuth: 'none',
  clientAuthFromMetadata: true,
  pkce: true,
  // OAuth 2.1 makes servers rotate the tokens of public clients, and lets them end the family when one is used twice.
  refresh: { rotation: 'may', reuse: 'strict' },
  quirks: [
    'PKCE with S256 is required, and the resource is part of every token request.',
    'Refresh tokens are not guaranteed; ask for offline_access where the server lists it.',
  ],
})
