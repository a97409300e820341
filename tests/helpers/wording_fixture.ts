import app from '@adonisjs/core/services/app'
import {
  EVENT_NAMES,
  LOCALES,
  type EventName,
  type Matter,
  type Message,
  type Words,
} from '#notifications/types'
import { Wording } from '#notifications/wording'
import { KNOWN_CAUSES } from '#notifications/wording_causes'

const NOON = Date.UTC(2026, 10, 21, 12)
export const APP_URL = 'https://grants.example'
const NAMES = [
  'Ana',
  'Ben',
  'Chloé',
  'Dai',
  'Eva',
  'Finn',
  'Gül',
  'Hana',
  'Ivo',
  'Jun',
  'Kim',
  'Lea',
  'Mia',
  'Noa',
  'Oya',
]

/** The words that events carry as their cause: by the engine, the deadlines, the campaigns, the figures and the channels. */
const CAUSES: Partial<Record<EventName, readonly (string | null)[]>> = {
  'connection.expiring': ['deadline', 'overdue', 'not_extended', null],
  'connection.retrying': ['unavailable', 'not_sent', 'ambiguous', null],
  'connection.refresh_failed': ['locked', 'lapsed', 'unknown', null],
  'connection.needs_reauth': [...KNOWN_CAUSES, 'never heard of', null],
  'connection.deactivated': [...KNOWN_CAUSES, 'never heard of', null],
  'provider.paused': ['configuration', 'unavailable', null],
  'figures.alert': ['success_rate', 'error_rate', 'run_time', 'overdue', null],
  'campaign.session_unhealthy': [...KNOWN_CAUSES, null],
  'channel.disabled': ['gone', 'failing', 'alarm'],
}

const OF_ACCOUNTS = (event: EventName) => event.startsWith('connection.') || event.startsWith('campaign.')

export interface Case {
  event: EventName
  cause?: string | null
  count?: number
  isOwn?: boolean
  data?: Record<string, unknown>
}

export function matter({ event, cause = null, count = 1, isOwn = true, data = {} }: Case): Matter {
  const concerned = OF_ACCOUNTS(event) ? count : 0
  const ids = Array.from({ length: concerned }, (_, index) => `0190-${index}`)
  const accounts = ids.map((connectionId, index) => ({
    connectionId,
    provider: 'acme',
    name: NAMES[index],
    isOwn,
  }))
  const provider = concerned > 0 || event.startsWith('provider.') ? 'acme' : null
  const providerName = provider && 'Acme'
  const times = { firstAt: NOON - 1_800_000, lastAt: NOON }
  const about = { id: 'matter', event, severity: 'high' as const, provider, providerName, cause }
  return { ...about, ...times, data, count, accounts, connectionIds: ids }
}

export function message(changes: Partial<Message> = {}): Message {
  return {
    id: 'delivery',
    organizationId: 'organization',
    organizationName: 'Guild',
    matters: [],
    isDigest: false,
    isTest: false,
    locale: 'en',
    timeZone: 'UTC',
    audience: 'staff',
    createdAt: NOON,
    ...changes,
  }
}

type Told = { about: string; message: Message; words: Words }
let told: Told[] | null = null

/** All of them in words, once for all tests. */
export async function everything(): Promise<Told[]> {
  const words = await wording()
  told ??= [...everyMessage()].map((one) => ({ ...one, words: words.words(one.message) }))
  return told
}

export async function wording() {
  return new Wording({ i18n: await app.container.make('i18n'), appUrl: APP_URL })
}

/** What events of each name really carry. */
export function dataOf(event: EventName, cause: string | null): Record<string, unknown> {
  if (event === 'run.failed') return { run: 'r1', job: 'auto-token-refresh', error: 'disk full' }
  if (event === 'run.accounts_failed')
    return { run: 'r1', job: 'auto-token-refresh', failed: 12, accounts: 40 }
  if (event === 'scheduler.stalled')
    return { rule: 'scheduler_stalled', subject: 'all', value: 90_000, limit: 60_000 }
  if (event === 'channel.disabled')
    return {
      cause,
      channelId: '01900000-0000-7000-8000-00000000000c',
      kind: 'email',
      name: cause === 'alarm' ? null : 'Ops',
    }
  if (event === 'figures.alert') {
    const value = cause === 'overdue' ? 3 : cause === 'run_time' ? 45_000 : 0.9
    const subject = cause === 'run_time' ? 'job:auto-token-refresh' : 'provider:acme'
    return { rule: cause, subject, value, limit: 0.95, sample: 40 }
  }
  const campaign = { session_id: 's', campaign_id: 'k', campaign: 'Dragons', reason: cause, name: 'Ana' }
  if (event === 'campaign.session_unhealthy') return campaign
  const deadline = cause === 'deadline' ? { reason: cause, days: 7, deadline: NOON + 7 * 86_400_000 } : {}
  if (event === 'connection.retrying')
    return { cause, code: 'http_503', description: 'Try later', expiresAt: null, attempts: 5 }
  return { cause, code: 'invalid_grant', description: 'Token is revoked', expiresAt: null, ...deadline }
}

function* everyMessage(): Generator<{ about: string; message: Message }> {
  for (const locale of LOCALES)
    for (const event of EVENT_NAMES)
      for (const [index, cause] of (CAUSES[event] ?? [null]).entries())
        for (const count of index < 5 ? [1, 2, 15] : [1 + 14 * (index % 2)])
          for (const [audience, isOwn] of [['staff'], ['person', true], ['person', false]] as const) {
            const one = matter({ event, cause, count, isOwn, data: dataOf(event, cause) })
            const about = `${locale} ${event} ${cause} ${count} ${audience} ${isOwn}`
            yield { about, message: message({ locale, audience, matters: [one] }) }
          }
}
