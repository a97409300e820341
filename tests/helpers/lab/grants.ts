import { randomBytes } from 'node:crypto'

/** What a provider does with a refresh token that was used. */
export type LabReuse = 'strict' | 'grace' | 'until_used' | 'static'

export const LAB_CLASSES: readonly LabReuse[] = ['strict', 'grace', 'until_used', 'static']

/** How long a used token still works at a provider of the class `grace`, in milliseconds. */
export const GRACE = 30_000

export interface Pair {
  access: string
  /** Null where the provider does not rotate: the answer leaves it out. */
  refresh: string | null
}

/** What came of presenting a token. `replayed`: it was used before and still works. */
export type Presentation =
  { verdict: 'rotated' | 'replayed' | 'kept'; pair: Pair } | { verdict: 'reused' | 'unknown' }

/** One account's grant. Everything about it that decides the next answer; it is written to the truth log as it is. */
export interface GrantState {
  reuse: LabReuse
  /** The newest refresh token; null once the grant is revoked. */
  live: string | null
  /** The token that the newest one replaced, while that may still work. */
  parent: string | null
  parentSpentAt: number
}

/**
 * Whether a refresh token would be honoured now. The checker asks it of the truth log's last word on an account; the
 * token endpoint asks it before it answers.
 */
export function isUsable(grant: GrantState, token: string, now: number): boolean {
  if (grant.live === null) return false
  if (token === grant.live) return true
  if (token !== grant.parent) return false
  return grant.reuse === 'until_used' || (grant.reuse === 'grace' && now - grant.parentSpentAt <= GRACE)
}

/**
 * The grants of all accounts, under the harshest reading of each class: whoever presents a spent token ends the grant
 * (RFC 9700 §4.14.2), and a replay at an `until_used` provider makes the first successor worthless.
 */
export class Grants {
  readonly #grants = new Map<string, GrantState>()
  readonly #owners = new Map<string, string>()

  issue(account: string, reuse: LabReuse): string {
    const live = this.#token(account)
    this.#grants.set(account, { reuse, live, parent: null, parentSpentAt: 0 })
    return live
  }

  revoke(account: string): void {
    this.#of(account).live = null
  }

  /** The account of a token, live or spent. */
  ownerOf(token: string): string | null {
    return this.#owners.get(token) ?? null
  }

  state(account: string): GrantState {
    return { ...this.#of(account) }
  }

  present(account: string, token: string, now: number): Presentation {
    const grant = this.#of(account)
    if (!isUsable(grant, token, now)) {
      const verdict = grant.live === null ? 'unknown' : 'reused'
      grant.live = null
      return { verdict }
    }
    if (grant.reuse === 'static') return { verdict: 'kept', pair: { access: secret('at'), refresh: null } }
    if (token === grant.live) {
      Object.assign(grant, { live: this.#token(account), parent: token, parentSpentAt: now })
      return { verdict: 'rotated', pair: this.#pair(grant) }
    }
    if (grant.reuse === 'until_used') grant.live = this.#token(account)
    return { verdict: 'replayed', pair: this.#pair(grant) }
  }

  #pair({ live }: GrantState): Pair {
    return { access: secret('at'), refresh: live }
  }

  #token(account: string): string {
    const token = secret('rt')
    this.#owners.set(token, account)
    return token
  }

  #of(account: string): GrantState {
    const grant = this.#grants.get(account)
    if (!grant) throw new Error(`no grant of ${account}`)
    return grant
  }
}

function secret(kind: string): string {
  return `${kind}-${randomBytes(12).toString('hex')}`
}
