import { causeOf, type Kind } from '#notifications/wording_kinds'
import { plain } from '#notifications/wording_names'
import type { Facts } from '#notifications/wording_facts'
import type { Speech } from '#notifications/wording_speech'
import type { Matter } from '#notifications/types'

/** A provider's own words are for staff, and no longer than this. */
const LONGEST_ANSWER = 200

const EXPLAINED: ReadonlySet<Kind> = new Set([
  'dead',
  'stopped',
  'failed',
  'retrying',
  'session_dead',
  'session_window',
  'session_blocked',
  'receiver_disabled',
])

/** What a provider answered matters here; a recovery has no answer to tell of. */
const ANSWERED: ReadonlySet<Kind> = new Set([
  ...['dead', 'stopped', 'failed', 'retrying', 'locked', 'lapsed', 'suspended'],
  ...['registration_refused', 'provider_unavailable'],
] as Kind[])

/** What helps against a cause; others have words of their own. */
const ADVICE: Readonly<Record<string, string>> = {
  rejected: 'reconnect',
  lost_answer: 'reconnect',
  ambiguous: 'reconnect',
  unreadable: 'key',
  page_gone: 'permission',
  unknown: 'reconnect',
  configuration: 'setup',
  unavailable: 'wait',
  not_sent: 'wait',
  rate_limited: 'wait',
  suspended: 'lift',
  locked: 'obey',
  needs_reauth: 'reconnect',
  expired: 'reconnect',
  inactive: 'reactivate',
  paused: 'resume',
  disconnected: 'reconnect',
  no_refresh_path: 'reconnect',
  refresh_retrying: 'wait',
  other_account: 'reconnect',
  other_client: 'setup',
  no_window: 'grant',
  window_closed: 'grant',
}

/** The causes that the catalogues know. */
export const KNOWN_CAUSES: readonly string[] = Object.keys(ADVICE)

/** Why it happened, what helps and what the provider said, in sentences for staff; people without the role get none. */
export function explain(matter: Matter, kind: Kind, speech: Speech, facts: Facts): string[] {
  const sentences: string[] = []
  const cause = causeOf(matter) ?? ''
  if (EXPLAINED.has(kind)) {
    const why = `notifications.why.${cause}`
    if (cause !== '' && speech.knows(why)) sentences.push(speech.say(why, facts))
    sentences.push(speech.say(`notifications.advice.${adviceOn(cause, kind)}`, facts))
  }
  return [...sentences, answered(matter, kind, speech)]
}

function adviceOn(cause: string, kind: Kind): string {
  if (kind === 'receiver_disabled') return 'receiver'
  if (Object.hasOwn(ADVICE, cause)) return ADVICE[cause]
  return kind === 'dead' ? 'reconnect' : 'look'
}

/** The provider's answer to one account, or what broke a run off. Several accounts may have got different ones. */
function answered({ count, data }: Matter, kind: Kind, speech: Speech): string {
  if (count > 1) return ''
  const error = kind === 'run_failed' ? plain(data.error, LONGEST_ANSWER) : ''
  if (error !== '') return speech.say('notifications.said.error', { description: error })
  const code = plain(data.code, LONGEST_ANSWER)
  const description = plain(data.description, LONGEST_ANSWER)
  if (code === '' || !ANSWERED.has(kind)) return ''
  const key = description === '' ? 'code' : 'words'
  return speech.say(`notifications.said.${key}`, { code, description })
}
