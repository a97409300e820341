import { inEnglish } from '#oauth/fault'
import type { Failure } from '#oauth/types'

/** Codes of failed requests that have words of their own. */
const OF_FAILURES = [
  'dns',
  'insecure_url',
  'address_refused',
  'invalid_request',
  'no_resource_metadata',
  'metadata_elsewhere',
  'redirected',
  'resource_mismatch',
  'no_authorization_server',
  'unsafe_metadata',
  'no_metadata',
  'issuer_mismatch',
  'token_endpoint_moved',
  'missing_endpoint',
  'no_pkce',
] as const

const OURS = [
  'not_sent',
  'silent',
  'busy',
  'unconnectable',
  'url_empty',
  'url_long',
  'url_wrong',
  'url_fragment',
  'url_parts',
  'url_scheme',
  'url_insecure',
  'url_private',
  'unstorable',
  'no_registration',
  'registration_refused',
] as const

/** Why an MCP server cannot be connected; the words are `faults.mcp.<code>` of the catalogues. */
export const MCP_FAULT_CODES = [...OF_FAILURES, ...OURS] as const

export interface McpFault {
  code: (typeof MCP_FAULT_CODES)[number]
  values: Readonly<Record<string, string | number>>
}

/** What a failure means for the person who gave the server's URL. The servers' own words stay in the log. */
export function mcpFault({ class: kind, code, status }: Failure): McpFault {
  const known = OF_FAILURES.find((one) => one === code)
  if (known) return { code: known, values: {} }
  if (kind === 'not_sent') return { code: 'not_sent', values: { code } }
  if (kind !== 'unavailable' && kind !== 'rate_limited') return { code: 'unconnectable', values: { code } }
  return status ? { code: 'busy', values: { status } } : { code: 'silent', values: {} }
}

/** The fault in English, as a sentence. */
export function mcpFaultWords({ code, values }: McpFault): string {
  return inEnglish('mcp', code, values)
}
