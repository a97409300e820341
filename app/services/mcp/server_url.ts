import { endpointFault } from '#oauth/check_provider'
import type { FaultCode } from '#oauth/fault'
import type { McpFault } from '#services/mcp/mcp_fault'

export type ServerUrl = { ok: true; url: string } | { ok: false; fault: McpFault }

/** The URL of an MCP server as a person typed it: absolute, public, without fragment or credentials (RFC 8707 §2). */
export function readServerUrl(text: string, allowPrivate: boolean): ServerUrl {
  const typed = text.trim()
  if (typed === '') return refused('url_empty')
  if (typed.length > 2_048) return refused('url_long')
  if (!URL.canParse(typed)) return refused('url_wrong')
  const url = new URL(typed)
  if (url.hash) return refused('url_fragment')
  const wrong = endpointFault(url.href, allowPrivate)
  if (wrong) return refused(OF_ENDPOINTS[wrong.code] ?? 'url_wrong', wrong.values)
  return { ok: true, url: url.pathname === '/' ? typed.replace(/\/$/, '') : url.href }
}

const OF_ENDPOINTS: Partial<Record<FaultCode, McpFault['code']>> = {
  url_parts: 'url_parts',
  scheme: 'url_scheme',
  insecure: 'url_insecure',
  private_address: 'url_private',
}

function refused(code: McpFault['code'], values: McpFault['values'] = {}): ServerUrl {
  return { ok: false, fault: { code, values } }
}
