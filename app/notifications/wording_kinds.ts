import type { EventName, Matter } from '#notifications/types'

/** What a matter is about, as the catalogues in `resources/lang` know it: one title and its bodies each. */
export type Kind = (typeof KINDS)[number]

export const KINDS = [
  'connected',
  'reconnected',
  'refreshed',
  'ending',
  'ending_soon',
  'overdue',
  'not_extended',
  'retrying',
  'locked',
  'lapsed',
  'failed',
  'dead',
  'stopped',
  'suspended',
  'recovered',
  'registration_refused',
  'provider_unavailable',
  'provider_paused',
  'provider_recovered',
  'scheduler_stalled',
  'run_failed',
  'runs_failed',
  'run_accounts',
  'runs_accounts',
  'success_rate',
  'error_rate',
  'run_time',
  'refreshes_late',
  'figures',
  'session_dead',
  'session_window',
  'session_blocked',
  'receiver_disabled',
  'alarm',
] as const

/** Decides by the event, its cause and how many are concerned. An unknown cause gets the event's general words. */
export function kindOf(matter: Matter): Kind {
  const kind = BY_EVENT[matter.event]
  return typeof kind === 'string' ? kind : kind(matter)
}

/** The stable word for the reason: events of different rooms carry it under different names. */
export function causeOf({ cause, data }: Pick<Matter, 'cause' | 'data'>): string | null {
  const found = [cause, data.cause, data.reason, data.rule].find((word) => typeof word === 'string')
  return (found as string | undefined) ?? null
}

/** The threshold that was told: none of these grants ends more days later. */
export function noticeOf({ days }: Matter['data']): number {
  return typeof days === 'number' ? days : 14
}

const BY_EVENT: Readonly<Record<EventName, Kind | ((matter: Matter) => Kind)>> = {
  'connection.connected': ({ data }) => (data.reconnected === true ? 'reconnected' : 'connected'),
  'connection.refreshed': 'refreshed',
  'connection.expiring': expiring,
  'connection.retrying': 'retrying',
  'connection.refresh_failed': (matter) =>
    named(causeOf(matter), { locked: 'locked', lapsed: 'lapsed' }, 'failed'),
  'connection.needs_reauth': dead,
  'connection.deactivated': dead,
  'connection.suspended': 'suspended',
  'connection.recovered': 'recovered',
  'provider.paused': (matter) => named(causeOf(matter), PAUSES, 'provider_paused'),
  'provider.recovered': 'provider_recovered',
  'scheduler.stalled': 'scheduler_stalled',
  'run.failed': ({ count }) => (count === 1 ? 'run_failed' : 'runs_failed'),
  'run.accounts_failed': ({ count }) => (count === 1 ? 'run_accounts' : 'runs_accounts'),
  'figures.alert': ({ data }) => named(data.rule, RULES, 'figures'),
  'campaign.session_unhealthy': (matter) => named(causeOf(matter), SESSIONS, 'session_blocked'),
  'channel.disabled': (matter) => (causeOf(matter) === 'alarm' ? 'alarm' : 'receiver_disabled'),
}

/** A new consent is not what helps first. */
const MENDED_BY_STAFF: ReadonlySet<string> = new Set([
  'unreadable',
  'page_gone',
  'configuration',
  'other_client',
])

const PAUSES: Readonly<Record<string, Kind>> = {
  configuration: 'registration_refused',
  unavailable: 'provider_unavailable',
  not_sent: 'provider_unavailable',
}

const RULES: Readonly<Record<string, Kind>> = {
  success_rate: 'success_rate',
  error_rate: 'error_rate',
  run_time: 'run_time',
  overdue: 'refreshes_late',
}

const RECONNECTABLE = [
  ...['expired', 'rejected', 'needs_reauth', 'inactive', 'no_refresh_path', 'unreadable', 'unknown'],
  ...['refresh_retrying', 'other_account', 'other_client', 'disconnected'],
]

const SESSIONS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(RECONNECTABLE.map((reason) => [reason, 'session_dead' as const])),
  no_window: 'session_window',
  window_closed: 'session_window',
}

function dead(matter: Matter): Kind {
  return MENDED_BY_STAFF.has(causeOf(matter) ?? '') ? 'stopped' : 'dead'
}

/** Deadlines differ from account to account, so only one alone can be named. */
function expiring(matter: Matter): Kind {
  switch (causeOf(matter)) {
    case 'overdue':
      return 'overdue'
    case 'not_extended':
      return 'not_extended'
    default:
      return matter.count === 1 && typeof matter.data.deadline === 'number' ? 'ending' : 'ending_soon'
  }
}

function named(word: unknown, kinds: Readonly<Record<string, Kind>>, otherwise: Kind): Kind {
  return typeof word === 'string' && Object.hasOwn(kinds, word) ? kinds[word] : otherwise
}
