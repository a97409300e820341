import { connectNotice, type Notice } from '#controllers/connect/connect_notice'
import type { Provider } from '#oauth/types'
import type { ConnectResult } from '#services/connect_flow'
import type { LinkEnd } from '#services/connect_links/return_url'
import type { Translate } from '#transformers/translate'

/** How a link's attempt ended, for the session: nothing in it is secret. */
export interface LinkOutcome {
  end: LinkEnd
  connectionId: string | null
  notice: Notice
}

/** Two attempts at once, of which only one may go on. */
export const busy = (t: Translate): LinkOutcome => failed(t('connect.link.busy'))

/** An attempt that was given up and taken up too late. */
export const tooLate = (t: Translate): LinkOutcome => failed(t('connect.link.too_late'))

/** What came of an attempt, for a person without an account here, who knows only who sent the link. */
export function linkOutcome(provider: Provider, result: ConnectResult, t: Translate): LinkOutcome {
  const notice = connectNotice(provider, result, { t, isStaff: false })
  if (result.ok) return { end: 'connected', connectionId: result.saved.connectionId, notice }
  const { code, class: kind } = result.failure
  if (code === 'access_denied') return { end: 'declined', connectionId: null, notice }
  const values = { provider: provider.name }
  if (code === 'other_account') return failed(t('connect.link.other_account', values))
  if (kind === 'configuration') return failed(t('connect.link.client', values))
  return failed(notice.text)
}

function failed(text: string): LinkOutcome {
  return { end: 'failed', connectionId: null, notice: { tone: 'bad', text } }
}
