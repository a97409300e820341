import type { Provider } from '#oauth/types'
import type { Figure } from '#services/figures/figure'
import type { Voice } from '#transformers/provider_entry_card'
import { cronWords } from '#transformers/schedule_row'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

const SECONDS_OF_DAY = 86_400

/** How fast a provider may be asked, and how much of that a day's average leaves free. */
export function limitWords({ rateLimit }: Provider, figure: Figure | null, t: Translate): string {
  const { perSecond: second, concurrency: busy } = rateLimit
  if (second === null) return busy === null ? t('providers.rate.free') : t('providers.rate.busy', { busy })
  const limit =
    busy === null ? t('providers.rate.second', { second }) : t('providers.rate.both', { second, busy })
  const used = (figure?.attempts ?? 0) / SECONDS_OF_DAY / second
  return t('providers.rate.headroom', { limit, free: Math.floor(Math.max(0, 1 - used) * 100) })
}

/** The environment variables that hold the client of a provider of the installation: faces of one client share them. */
export function clientVariables({ gate }: Provider): string[] {
  const prefix = gate.toUpperCase().replace(/\W+/g, '_')
  return [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`]
}

/** False for those that nobody is sent to: client credentials, and accounts that derive from another's. */
export function asksForConsent({ grantType, server, resource }: Provider): boolean {
  const somewhere = server.authorization_endpoint ?? server.issuer ?? resource
  return grantType === 'authorization_code' && Boolean(somewhere)
}

/** A provider's refresh rules as sentences. `parent`: the provider of the accounts that its own derive from, by name. */
export function policyWords(
  { refresh, schedule }: Provider,
  { t, words, locale }: Voice,
  parent: string | null = null
): string[] {
  const { span } = words
  const ends = deadlineWords(refresh, t, span)
  if (parent !== null) return [t('providers.policy.derived', { name: parent }), ends]
  if (!refresh.supported) return [t('providers.policy.none'), ends]
  const { margin, minimumAge, rotation, reuse, reuseGrace, strikes, keepAlive } = refresh
  return [
    t('providers.policy.margin', { span: span(margin) }),
    ...(schedule.length > 0
      ? [t('providers.policy.schedule', { cron: schedule.map((one) => cronWords(one, locale)).join(' · ') })]
      : []),
    ...(minimumAge > 0 ? [t('providers.policy.minimum_age', { span: span(minimumAge) })] : []),
    t(`providers.policy.rotation.${rotation}`),
    t(`providers.policy.reuse.${reuse}`, { span: span(reuseGrace) }),
    ends,
    t('providers.policy.strikes', { count: strikes }),
    t(`providers.policy.${keepAlive}`),
  ]
}

function deadlineWords(refresh: Provider['refresh'], t: Translate, span: TimeWords['span']): string {
  const { grantLifetime, grantLifetimeFrom } = refresh
  if (grantLifetime === null) return t('providers.policy.no_deadline')
  return t(`providers.policy.${grantLifetimeFrom}`, { span: span(grantLifetime) })
}

/** Enough of a client id to recognize it. An address of our own is public as a whole. */
export function maskedClientId(id: string): string {
  if (id.startsWith('https://')) return id
  return id.length < 12 ? '••••' : `${id.slice(0, 4)}…${id.slice(-4)}`
}
