/** Our word for what went wrong on the way, by the code that the socket, TLS, DNS or the HTTP parser gives. */
const CODES: Record<string, string> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ENODATA: 'dns',
  ECONNREFUSED: 'connection_refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ERR_ADDRESS_REFUSED: 'address_refused',
  UND_ERR_HEADERS_OVERFLOW: 'too_large',
  HPE_HEADER_OVERFLOW: 'too_large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
  UND_ERR_INVALID_ARG: 'invalid_request',
  ERR_INVALID_URL: 'invalid_request',
  UND_ERR_CLOSED: 'shutting_down',
  UND_ERR_DESTROYED: 'shutting_down',
  EMFILE: 'no_sockets',
  ENFILE: 'no_sockets',
}

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_)/

/** How far a request had come when it failed. */
export type Phase = 'connecting' | 'waiting' | 'receiving'

/** One stable word for a network error, from the code and from how far the request had come. */
export function networkErrorCode(error: unknown, phase: Phase, secure: boolean): string {
  const code = codeOf(error)
  if (phase === 'connecting') {
    // A peer that hangs up before the handshake ends is no usable TLS server.
    return CODES[code] ?? (TLS.test(code) || secure ? 'tls' : 'connect_failed')
  }
  if (code.startsWith('HPE_') && code !== 'HPE_HEADER_OVERFLOW') {
    return phase === 'receiving' ? 'truncated' : 'malformed_answer'
  }
  if (CODES[code] === 'too_large') return 'too_large'
  return phase === 'receiving' ? 'truncated' : 'connection_reset'
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
