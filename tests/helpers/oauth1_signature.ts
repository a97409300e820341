import { createHmac } from 'node:crypto'
import type { AccountRequest } from '#tests/helpers/account_server'

type Signed = Pick<AccountRequest, 'method' | 'url' | 'authorization'>

/** Whether a request bears the signature that a server of OAuth 1.0a computes by itself (RFC 5849 §3.4). */
export function isSigned({ method, url, authorization }: Signed, secrets: string): boolean {
  const fields = [...authorization.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name, value]) => [name, decodeURIComponent(value)] as const
  )
  const given = fields.find(([name]) => name === 'oauth_signature')?.[1]
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  const parameters = [...url.searchParams, ...fields.filter(([name]) => name !== 'oauth_signature')]
    .map((pair) => pair.map(encode).join('='))
    .sort()
    .join('&')
  const base = [method, `${url.origin}${url.pathname}`, parameters].map(encode).join('&')
  return given === createHmac('sha1', secrets).update(base).digest('base64')
}
