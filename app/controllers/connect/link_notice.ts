import { connectNotice, type Notice } from '#controllers/connect/connect_notice'
import type { Provider } from '#oauth/types'
import type { ConnectResult } from '#services/connect_flow'
import type { LinkEnd } from '#services/connect_links/return_url'

/** How a link's attempt ended, for the session: nothing in it is secret. */
export interface LinkOutcome {
  end: LinkEnd
  connectionId: string | null
  notice: Notice
}

/** Two attempts at once, of which only one may go on. */
export const BUSY: LinkOutcome = failed(
  'This link is being used at this very moment. Nothing was connected; try again in a few minutes.'
)

/** An attempt that was given up and taken up too late. */
export const TOO_LATE: LinkOutcome = failed('That took too long. Nothing was connected; start again.')

/** What came of an attempt, for a person without an account here, who knows only who sent the link. */
export function linkOutcome(provider: Provider, result: ConnectResult): LinkOutcome {
  const notice = connectNotice(provider, result, false)
  if (result.ok) return { end: 'connected', connectionId: result.saved.connectionId, notice }
  const { code, class: kind } = result.failure
  if (code === 'access_denied') return { end: 'declined', connectionId: null, notice }
  if (code === 'other_account')
    return failed(
      `You came back from ${provider.name} with another account than the one this link is for. Nothing was connected; sign in there with the right account and try again.`
    )
  if (kind === 'configuration')
    return failed(
      `${provider.name} refuses our application. This is not your fault; tell whoever sent you the link.`
    )
  return failed(notice.text)
}

function failed(text: string): LinkOutcome {
  return { end: 'failed', connectionId: null, notice: { tone: 'bad', text } }
}
