import type { DerivedAccount } from '#oauth/children'
import type { Secret } from '#oauth/secret'
import { credentialFingerprint, type Vault } from '#vault/vault'

/** Everything that a parent's provider lists, over all pages of its answer. */
export interface ChildList {
  accounts: readonly DerivedAccount[]
  /** Listed, but without a token. */
  tokenless: readonly string[]
  /** False where the list was cut or held entries that name nobody: then nothing that is missing counts as gone. */
  complete: boolean
}

/** A connection that may be one of the listed accounts. */
export interface KnownChild {
  id: string
  accountId: string
  credentialFp: string | null
  status: string
  statusReason: string | null
  /** It derives from this parent. */
  ours: boolean
  /** It derives from another parent that keeps it alive. */
  taken: boolean
}

interface Fresh {
  account: DerivedAccount
  fingerprint: string
}

/** What happens to one child. */
export type ChildStep =
  | ({ type: 'insert'; id: string; token: string } & Fresh)
  | ({ type: 'replace'; child: KnownChild; token: string } & Fresh)
  | ({ type: 'confirm'; child: KnownChild } & Fresh)
  | { type: 'tokenless'; child: KnownChild }
  | { type: 'gone'; child: KnownChild }

export interface PlanInput {
  organizationId: string
  list: ChildList
  known: readonly KnownChild[]
  vault: Vault
  newId: () => string
}

/**
 * What a parent's list means for its children: new ones are added, a token that differs is sealed in its place, the same
 * one is confirmed, and what a complete list leaves out is gone. A child that another living parent keeps stays with it.
 */
export function planChildren({ organizationId, list, known, vault, newId }: PlanInput): ChildStep[] {
  const byAccount = new Map(known.map((child) => [child.accountId, child]))
  const steps = list.accounts.flatMap((account): ChildStep[] => {
    const child = byAccount.get(account.id) ?? null
    if (child?.taken) return []
    const id = child?.id ?? newId()
    const fingerprint = credentialFingerprint(id, account.accessToken)
    if (child && isSame(child, fingerprint)) return [{ type: 'confirm', child, account, fingerprint }]
    const token = seal(vault, organizationId, id, account.accessToken)
    if (child) return [{ type: 'replace', child, token, account, fingerprint }]
    return [{ type: 'insert', id, token, account, fingerprint }]
  })
  return [...steps, ...missing(list, known)]
}

/** A stored token that nobody can open is replaced even by its equal. */
function isSame(child: KnownChild, fingerprint: string): boolean {
  return child.credentialFp === fingerprint && child.statusReason !== 'unreadable'
}

function seal(vault: Vault, organizationId: string, connectionId: string, token: Secret): string {
  return vault.seal(token, { organizationId, connectionId, column: 'access_token' })
}

function missing({ accounts, tokenless, complete }: ChildList, known: readonly KnownChild[]): ChildStep[] {
  const listed = new Set(accounts.map(({ id }) => id))
  const bare = new Set(tokenless)
  return known
    .filter((child) => child.ours && !listed.has(child.accountId))
    .flatMap((child): ChildStep[] => {
      if (bare.has(child.accountId)) return [{ type: 'tokenless', child }]
      return complete && child.statusReason !== 'page_gone' ? [{ type: 'gone', child }] : []
    })
}
