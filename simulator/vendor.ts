import { randomBytes } from 'node:crypto'
import { Account, type TokenRecord } from '#simulator/account'
import { issuePair, type Issued } from '#simulator/issuing'
import { fit, urlPattern, type UrlPattern } from '#simulator/pattern'
import type { Dialect, Door } from '#simulator/types'

/** An authorization code that waits for its exchange. */
export interface Code {
  account: Account
  redirectUri: string
  challenge: string | null
  /** The parameters of the authorization request. */
  asked: Readonly<Record<string, string>>
  offline: boolean
  expiresAt: number
}

export interface Match {
  door: Door
  parts: Readonly<Record<string, string>>
}

/** One vendor at work: its accounts, tokens and codes. Nothing of it is known to another vendor. */
export class Vendor {
  readonly accounts = new Map<string, Account>()
  readonly codes = new Map<string, Code>()
  /** The account that consents at the authorization endpoint. */
  consenting: string
  readonly #patterns: { door: Door; pattern: UrlPattern }[]

  constructor(
    readonly dialect: Dialect,
    private readonly clock: { now(): number }
  ) {
    this.consenting = dialect.account?.id ?? '1001'
    this.#patterns = dialect.doors.map((door) => ({ door, pattern: urlPattern(door.url) }))
  }

  /** The account of this id, made at the first call. */
  account(id: string, name = this.dialect.account?.name ?? `account-${id}`): Account {
    const account = this.accounts.get(id) ?? new Account(this.dialect, id, name)
    this.accounts.set(id, account)
    return account
  }

  /** A grant as after a finished consent, without the browser. */
  grant(id: string, name?: string): Issued {
    return issuePair(this.account(id, name), this.clock.now(), true)
  }

  /** The token that was issued under this value, living or not. */
  token(value: string, kind: TokenRecord['kind']): TokenRecord | null {
    for (const { tokens } of this.accounts.values()) {
      const found = tokens.findLast((token) => token.value === value && token.kind === kind)
      if (found) return found
    }
    return null
  }

  newCode(code: Code): string {
    const value = `code-${randomBytes(12).toString('hex')}`
    this.codes.set(value, code)
    return value
  }

  /** Another account with a chain of its own that comes of the same consent. */
  another(id: string, traits: Record<string, string>): Issued {
    const account = this.account(id)
    Object.assign(account.traits, traits)
    return issuePair(account, this.clock.now(), true)
  }

  /** Tokens of the accounts that derive from this one: the same until its own token is another. */
  derive(parent: Account, from: string): { id: string; name: string; access: string }[] {
    return [...parent.children.values()].map(({ id, name }) => {
      const account = this.account(id, name)
      const kept = account.traits.from === from ? account.living('access') : null
      account.traits.from = from
      parent.derived.add(account)
      return { id, name, access: (kept ?? account.issue('access', this.clock.now(), null)).value }
    })
  }

  /** True where this vendor answers under a host. */
  answersAt(host: string): boolean {
    return this.#patterns.some(({ pattern }) => pattern.host.test(host))
  }

  /** The doors at a place, in the order of the dialect. */
  doorsAt(host: string, path: string): Match[] {
    return this.#patterns.flatMap(({ door, pattern }) => {
      const parts = fit(pattern, host, path)
      return parts ? [{ door, parts: decoded(parts) }] : []
    })
  }
}

function decoded(parts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, decodeURIComponent(value)]))
}
