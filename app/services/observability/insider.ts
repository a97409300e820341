import { isIP } from 'node:net'
import { safeEqual } from '@adonisjs/core/helpers'
import type { Secret } from '@adonisjs/core/helpers'

/** What is known of somebody who asks: the address of the connection itself, and the headers. */
export interface Visitor {
  peer: string | undefined
  header(name: string): string | undefined
}

/**
 * Whether a request from loopback may be one of this host at all: a production that is reached by another name has a proxy,
 * and a proxy that adds no header makes each stranger look like this host.
 */
export function trustsThisHost(appUrl: string, inProduction: boolean): boolean {
  return !inProduction || namesThisHost(new URL(appUrl).host)
}

/** Each of these says that somebody stands between the visitor and us. */
const PASSED_ON = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

/**
 * Whether somebody may see more than strangers do. Where there is a token: who brings it (RFC 6750 §2.1), and nobody else.
 * Without one: who asks from this very host, where `here` allows it. A reverse proxy on this host is no visitor from it,
 * nor is a page whose name was made to lead here, so the request must name this host and carry no trace of a proxy.
 */
export function isInsider(visitor: Visitor, token: Secret<string> | null, here: boolean): boolean {
  if (token !== null) {
    const brought = /^Bearer +(.+)$/i.exec(visitor.header('authorization') ?? '')?.[1]
    return brought !== undefined && safeEqual(token.release(), brought)
  }
  if (!here) return false
  if (PASSED_ON.some((name) => visitor.header(name) !== undefined)) return false
  return isLoopback(visitor.peer ?? '') && namesThisHost(visitor.header('host') ?? '')
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '')
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

function namesThisHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return name.toLowerCase() === 'localhost' || isLoopback(name)
}
