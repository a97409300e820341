import type { DisconnectResult } from '#services/disconnect/disconnections'
import type { Notice } from '#transformers/refresh_notice'
import type { Translate } from '#transformers/translate'

/** One sentence or two about a disconnection, for the account page. */
export function disconnectNotice(result: DisconnectResult, t: Translate): Notice {
  if (!result.ok) return { tone: 'bad', text: t(`account.disconnected.refused.${result.reason}`) }
  if (result.already) return { tone: 'plain', text: t('account.disconnected.already') }
  const { revocation, children } = result
  const tone = revocation === 'revoked' || revocation === 'none' ? 'good' : 'plain'
  const token = t(`account.disconnected.token.${revocation}`)
  return { tone, text: t('account.disconnected.done', { count: children.length, token }) }
}
