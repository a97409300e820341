import type { RefreshOutcome } from '#token_refresh/types'
import { span, until } from '#transformers/time_words'

/** One sentence for the flash area. */
export interface Notice {
  tone: 'good' | 'bad' | 'plain'
  text: string
}

const NOTHING_DONE: Readonly<Record<string, string>> = {
  not_extended:
    'The provider answered, but the token lives no longer than before. Reconnect the account before it ends.',
  too_young: 'Nothing was sent: the provider does not renew a token as young as this one.',
  superseded: 'Another refresh of this account finished meanwhile.',
  paused: 'Nothing was sent: the account is paused.',
  inactive: 'Nothing was sent: the account is deactivated. Reactivate or reconnect it.',
  no_refresh_path: 'Nothing was sent: there is no way to refresh this token.',
  provider_paused: 'Nothing was sent: the provider is paused at the moment.',
  provider_busy: 'Nothing was sent yet: the provider is busy with other refreshes.',
  quarantine: 'Nothing was sent: this database may be a copy of another. The notice above says what to do.',
  stopping: 'Nothing was sent: the server is stopping. Try again in a moment.',
  not_found: 'This account does not exist any more.',
}

/** Says how a refresh that a person asked for went. */
export function refreshNotice(outcome: RefreshOutcome, now: number): Notice {
  if (outcome.status === 'refreshed') {
    const life =
      outcome.newExpiresAt === null ? '' : ` The new token is valid for ${span(outcome.newExpiresAt - now)}.`
    return { tone: 'good', text: `Refreshed.${life}` }
  }
  const again = outcome.retryAt === null ? '' : ` Next try ${until(outcome.retryAt, now)}.`
  const known = NOTHING_DONE[outcome.reason]
  if (known) return { tone: 'plain', text: known + again }
  const verb = outcome.status === 'failed' ? 'The refresh failed' : 'Nothing was refreshed'
  return { tone: 'bad', text: `${verb}: ${outcome.reason.replaceAll('_', ' ')}.${again}` }
}
