import type { Failure } from '#oauth/types'

/** Why an MCP server cannot be connected, for the person who gave its URL. The servers' own words stay in the log. */
export function mcpSentence({ class: kind, code, status }: Failure): string {
  if (Object.hasOwn(SENTENCES, code)) return SENTENCES[code]
  if (kind === 'not_sent') return `The server cannot be reached (${code}). Check the URL, or try again later.`
  if (kind === 'unavailable' || kind === 'rate_limited') {
    return `The server does not answer at the moment${status ? ` (HTTP ${status})` : ''}. Try again in a few minutes.`
  }
  return `The server cannot be connected (${code}).`
}

const PRIVATE = 'Loopback and private addresses are refused, unless ALLOW_PRIVATE_PROVIDERS is true.'

const SENTENCES: Readonly<Record<string, string>> = {
  dns: 'There is no server of that name. Check the URL.',
  insecure_url: 'The server, or a place that it names, must be reached by https.',
  address_refused: PRIVATE,
  invalid_request: 'This URL cannot be asked for. Check it.',
  no_resource_metadata:
    'This server does not say who gives out its tokens: it publishes no protected-resource metadata (RFC 9728). Check that the URL is the one of the MCP endpoint.',
  metadata_elsewhere:
    'This server points to metadata on another server. Its own word is needed, so nothing was connected.',
  redirected:
    'The metadata of this server has moved, and redirects are not followed. Give the URL that it moved to.',
  resource_mismatch: 'The metadata of this server describes another resource than the URL that you gave.',
  no_authorization_server: 'The metadata of this server names no authorization server.',
  unsafe_metadata: `The metadata names an address that may not be asked. It must be https. ${PRIVATE}`,
  no_metadata: 'The authorization server of this MCP server publishes no metadata (RFC 8414).',
  issuer_mismatch:
    'The authorization server answers with the metadata of another issuer, so it is not trusted.',
  token_endpoint_moved: 'The token endpoint has moved to a stranger’s address, so it is not trusted.',
  missing_endpoint: 'The authorization server names no authorization or no token endpoint.',
  no_pkce:
    'The authorization server does not announce PKCE with S256, which MCP requires. Nothing was connected.',
}
