import type { DisconnectResult, Ended } from '#services/disconnect/disconnections'
import type { Notice } from '#transformers/refresh_notice'

const BY_HAND = 'Have the application removed in the settings of the account there.'

const TOKEN: Readonly<Record<Ended, string>> = {
  revoked: 'The provider ended its token.',
  later: 'The provider did not end its token yet; it is asked again until it does, for a week.',
  unsupported: `The provider ends no tokens on request. ${BY_HAND}`,
  given_up: 'The provider was not asked to end its token.',
  none: 'There was no token to end.',
  unreadable: `Its token cannot be decrypted, so the provider could not be asked to end it. ${BY_HAND}`,
}

/** One sentence or two about a disconnection, for the account page. */
export function disconnectNotice(result: DisconnectResult): Notice {
  if (!result.ok) return { tone: 'bad', text: REFUSED[result.reason] }
  if (result.already) return { tone: 'plain', text: 'It was disconnected before.' }
  const count = result.children.length
  const others = count === 0 ? '' : ` ${count === 1 ? '1 account' : `${count} accounts`} went with it.`
  const tone = result.revocation === 'revoked' || result.revocation === 'none' ? 'good' : 'plain'
  return { tone, text: `Disconnected.${others} ${TOKEN[result.revocation]}` }
}

const REFUSED = {
  not_found: 'This account is gone.',
  derived: 'Its token comes from another account. Disconnect that one, or pause this one.',
} as const
