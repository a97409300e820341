import { createHmac } from 'node:crypto'
import type { Secret } from '#oauth/secret'

/** What a signature of OAuth 1.0a covers, and the secrets that make it. */
export interface SignedCall {
  method: string
  url: string
  /** Parameters of the query beside those in the URL, and of a form body (RFC 5849 §3.4.1.3). */
  parameters?: Readonly<Record<string, string>>
  consumerKey: string
  consumerSecret: Secret
  /** The account's token; absent in the request for temporary credentials. */
  token?: Secret
  tokenSecret?: Secret
  /** Seconds since the epoch. */
  timestamp: number
  /** Never used before with this timestamp, client and token (RFC 5849 §3.3). */
  nonce: string
  /** Protects all authentication realms where none is named; the realm is not signed. */
  realm?: string
  /** Whether `oauth_version` is sent; it is optional (RFC 5849 §3.1). */
  version?: boolean
}

type Pair = readonly [string, string]

/**
 * The `Authorization` header of a call signed with HMAC-SHA1 (RFC 5849 §3.4.2 and §3.5.1). Pure: time and nonce are
 * passed in. The result holds the token and must travel as a `Secret`.
 */
export function oauth1Header(call: SignedCall): string {
  const oauth = protocolParameters(call)
  const signature = oauth1Signature(call)
  const realm: Pair[] = call.realm === undefined ? [] : [['realm', call.realm]]
  const fields = [...oauth, ['oauth_signature', signature] as const].map(
    ([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`
  )
  return `OAuth ${[...realm.map(([name, value]) => `${name}="${value}"`), ...fields].join(', ')}`
}

/** The signature itself, in base64 (RFC 5849 §3.4.2). */
export function oauth1Signature(call: SignedCall): string {
  const key = [call.consumerSecret.reveal(), call.tokenSecret?.reveal() ?? ''].map(percentEncode).join('&')
  return createHmac('sha1', key).update(signatureBaseString(call)).digest('base64')
}

/** The text that is signed: method, base URI and all parameters, sorted by their encoded form (RFC 5849 §3.4.1). */
export function signatureBaseString(call: SignedCall): string {
  const url = new URL(call.url)
  const parameters: Pair[] = [
    ...url.searchParams.entries(),
    ...Object.entries(call.parameters ?? {}),
    ...protocolParameters(call),
  ]
  const sorted = parameters
    .map(([name, value]): Pair => [percentEncode(name), percentEncode(value)])
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  // `origin` is in lower case and leaves out the default port, as RFC 5849 §3.4.1.2 asks.
  return [call.method.toUpperCase(), `${url.origin}${url.pathname}`, sorted].map(percentEncode).join('&')
}

function protocolParameters(call: SignedCall): Pair[] {
  return [
    ['oauth_consumer_key', call.consumerKey],
    ...(call.token === undefined ? [] : [['oauth_token', call.token.reveal()] as const]),
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(call.timestamp)],
    ['oauth_nonce', call.nonce],
    ...(call.version === false ? [] : [['oauth_version', '1.0'] as const]),
  ]
}

// By bytes, which for percent-encoded text is by characters.
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}

/** Leaves only the unreserved characters of RFC 3986 as they are (RFC 5849 §3.6). */
function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}
