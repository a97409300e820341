import { randomBytes } from 'node:crypto'
import type { Dialect, Place } from '#simulator/types'

/** A token that was issued, and what has become of it. */
export interface TokenRecord {
  readonly value: string
  readonly kind: 'access' | 'refresh'
  readonly account: Account
  readonly issuedAt: number
  readonly expiresAt: number | null
  /** Set where the token is the long-lived one of an exchange. */
  readonly longLived: boolean
  live: boolean
  /** When it was first used up by a refresh. */
  spentAt: number | null
}

/** What an account answers instead of the truth, how often, and where. */
export interface Saying {
  name: string
  left: number
  at: readonly Place[] | null
}

export interface Child {
  id: string
  name: string
}

/** One account at a vendor: its tokens, what it is told to say, and what it has seen. */
export class Account {
  readonly tokens: TokenRecord[] = []
  readonly children = new Map<string, Child>()
  /** Accounts whose tokens came of this one's. */
  readonly derived = new Set<Account>()
  readonly traits: Record<string, string> = {}
  scope: string
  consentedAt = 0
  saying: Saying | null = null
  /** Refreshes that were granted. */
  refreshes = 0
  /** Times that a spent token came again. */
  reuses = 0

  constructor(
    readonly dialect: Dialect,
    readonly id: string,
    readonly name: string
  ) {
    this.scope = dialect.tokens.scope ?? ''
  }

  /** From now on the account answers so: a mode of `MODES`, or the name of a failure of its dialect. */
  say(name: string, options: { times?: number; at?: readonly Place[] } = {}): void {
    this.saying =
      name === 'success'
        ? null
        : { name, left: options.times ?? Number.POSITIVE_INFINITY, at: options.at ?? null }
  }

  /** The answer that is due by `say` at this place, once for each call; null: the truth is due. */
  saysAt(place: Place, met: readonly Place[]): string | null {
    if (!this.saying || !(this.saying.at ?? met).includes(place)) return null
    const { name } = this.saying
    this.saying.left -= 1
    if (this.saying.left <= 0) this.saying = null
    return name
  }

  /** Ends every token, as a person does who removes the application. */
  revoke(): void {
    for (const token of this.tokens) token.live = false
    for (const account of this.derived) account.revoke()
  }

  addChild(id: string, name: string): void {
    this.children.set(id, { id, name })
  }

  removeChild(id: string): void {
    this.children.delete(id)
  }

  /** The newest living token of a kind; null where none lives. */
  living(kind: TokenRecord['kind']): TokenRecord | null {
    return this.tokens.findLast((token) => token.kind === kind && token.live) ?? null
  }

  /** Adds a token that begins to live now. */
  issue(kind: TokenRecord['kind'], now: number, life: number | null, longLived = true): TokenRecord {
    const token: TokenRecord = {
      value: this.dialect.tokens.prefix[kind] + randomBytes(18).toString('hex'),
      kind,
      account: this,
      issuedAt: now,
      expiresAt: life === null ? null : now + life,
      longLived,
      live: true,
      spentAt: null,
    }
    this.tokens.push(token)
    return token
  }
}
