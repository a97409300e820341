import type { Provider } from '#oauth/types'
import type { Finding } from '#services/verification/finding'
import { ageOf, needsProof, renewedBy, type Subject } from '#services/verification/subject'
import type { RefreshCause, VerifyOptions } from '#services/verification/verification'

/** What the need of a refresh depends on. */
export interface RefreshCase {
  subject: Subject
  provider: Provider
  options: VerifyOptions
  /** Now, on the database's clock. */
  now: number
  /** This verification has had its refresh. */
  tried: boolean
}

/**
 * Why a verification needs a refresh before it can go on; null where it needs none or nothing could renew the token.
 * Pure. Without a finding only the token's age speaks. A grant that counts as dead is knocked at only where that was
 * asked for; an account that was suspended or locked may have been released, so its token is renewed like any other.
 */
export function refreshCause(
  { subject, provider, options, now, tried }: RefreshCase,
  finding: Finding | null
): RefreshCause | null {
  if (tried || renewedBy(subject, provider) === null) return null
  const isDead = needsProof(subject, provider)
  if (finding === null) {
    const age = ageOf(subject, provider, now)
    if (isDead && options.autoRefresh) return options.revive && age === 'expired' ? 'dead' : null
    return age === 'expired' || options.refreshExpiring ? age : null
  }
  if (!options.autoRefresh || (finding.type !== 'refused' && finding.type !== 'accepted')) return null
  if (isDead) return options.revive ? 'dead' : null
  if (finding.type === 'accepted') return null
  return finding.failure.class === 'unreadable' ? 'unreadable' : 'refused'
}
