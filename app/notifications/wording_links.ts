import { noticeOf, type Kind } from '#notifications/wording_kinds'
import type { Matter, Message } from '#notifications/types'

/** Who reads: staff, the person whose account it is, or one who leads sessions with somebody else's account. */
export type Voice = 'staff' | 'owner' | 'master'

/** Where one acts: a path of this application, and the word of its button in the catalogues. */
export interface Target {
  path: string
  action: string
}

/** People whose own account is among the concerned ones act on that; without such knowledge they are taken for owners. */
export function voiceOf({ audience, matters }: Pick<Message, 'audience' | 'matters'>): Voice {
  if (audience === 'staff') return 'staff'
  const concerned = matters.flatMap((matter) => matter.accounts)
  const isOthers = concerned.length > 0 && concerned.every(({ isOwn }) => isOwn === false)
  return isOthers ? 'master' : 'owner'
}

/** The page to act on a matter. Each voice is led to pages only that it may open. */
export function targetOf(kind: Kind, matter: Matter, voice: Voice): Target {
  const page = voice === 'staff' ? PAGES[kind] : undefined
  if (page) return page(matter)
  if (matter.event === 'campaign.session_unhealthy') return session(kind, matter, voice)
  if (voice === 'staff') return accounts(kind, matter)
  // Everybody's start page follows from the role, which is not known here.
  if (!matter.event.startsWith('connection.')) return { path: '/', action: 'start' }
  return voice === 'owner' ? own(kind, matter) : { path: '/campaigns', action: 'campaigns' }
}

type Page = (matter: Matter) => Target

const fixed = (path: string, action: string) => () => ({ path, action })
const providers = fixed('/providers', 'providers')
const activity = fixed('/activity?outcome=failed', 'activity')

/** Pages of staff for what is not about accounts. */
const PAGES: Partial<Record<Kind, Page>> = {
  registration_refused: providers,
  provider_unavailable: providers,
  provider_paused: providers,
  provider_recovered: providers,
  scheduler_stalled: fixed('/schedule', 'schedule'),
  run_failed: (matter) => oneRun(matter) ?? RUNS,
  runs_failed: () => RUNS,
  run_accounts: (matter) => oneRun(matter) ?? ALL_RUNS,
  runs_accounts: () => ALL_RUNS,
  success_rate: activity,
  error_rate: activity,
  run_time: () => ALL_RUNS,
  refreshes_late: fixed('/accounts?status=due', 'accounts'),
  figures: fixed('/activity', 'activity'),
  receiver_disabled: ({ data }) => {
    const page = typeof data.channelId === 'string' ? `/channels/${segment(data.channelId)}` : ''
    return { path: `/alerts${page}`, action: 'alerts' }
  },
  alarm: fixed('/alerts', 'alerts'),
}

const RUNS: Target = { path: '/runs?state=failed', action: 'runs' }
const ALL_RUNS: Target = { path: '/runs', action: 'runs' }

function oneRun({ data }: Matter): Target | null {
  return data.run ? { path: `/runs/${segment(data.run)}`, action: 'run' } : null
}

/** The list's filter under which the accounts of a matter are found. */
const FILTERS: Partial<Record<Kind, Record<string, string>>> = {
  overdue: { status: 'due' },
  retrying: { status: 'retrying' },
  lapsed: { status: 'retrying' },
  locked: { status: 'reconnect' },
  dead: { status: 'reconnect' },
  stopped: { status: 'reconnect' },
  suspended: { q: 'status:suspended' },
}

function accounts(kind: Kind, { count, connectionIds, provider, data }: Matter): Target {
  if (count === 1 && connectionIds.length === 1) {
    return { path: `/accounts/${segment(connectionIds[0])}`, action: 'account' }
  }
  const ends = kind === 'ending' || kind === 'ending_soon'
  const filter = ends ? { q: `grant:<${noticeOf(data)}d` } : FILTERS[kind]
  const query = new URLSearchParams({ ...filter, ...(provider === null ? {} : { provider }) })
  return { path: query.size === 0 ? '/accounts' : `/accounts?${query}`, action: 'accounts' }
}

/** What a new consent of the person cures. */
const CURED_BY_CONSENT: ReadonlySet<Kind> = new Set([
  'dead',
  'stopped',
  'ending',
  'not_extended',
  'session_dead',
])

function own(kind: Kind, { accounts: named, connectionIds }: Matter): Target {
  const mine = named.filter(({ isOwn }) => isOwn !== false).map(({ connectionId }) => connectionId)
  const ids = named.length === 0 ? connectionIds : mine
  const isOne = connectionIds.length === ids.length && ids.length === 1
  if (isOne && CURED_BY_CONSENT.has(kind)) {
    return { path: `/accounts/${segment(ids[0])}/reconnect`, action: 'reconnect' }
  }
  return { path: '/streamer', action: 'channels' }
}

function session(kind: Kind, matter: Matter, voice: Voice): Target {
  if (voice === 'owner') return own(kind, matter)
  const id = matter.data.campaign_id
  if (typeof id !== 'string') return { path: '/campaigns', action: 'campaigns' }
  return { path: `/campaigns/${segment(id)}`, action: 'campaign' }
}

function segment(id: unknown): string {
  return encodeURIComponent(String(id))
}
