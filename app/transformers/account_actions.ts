import type { Health } from '#services/connection_health'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

export interface ActionInput {
  id: string
  health: Health
  isActive: boolean
  paused: boolean
  provider: { id: string; name: string }
  /** Null where the definition is gone. */
  configured: boolean | null
  /** From when on the provider renews this token, where that lies ahead. */
  youngUntil?: number | null
  /** The account that this one's token derives from, and its provider. */
  parent?: { id: string; provider: string } | null
}

/** A button of the account page: a form of its own, or disabled with the reason why. */
export interface AccountAction {
  key: string
  label: string
  icon: string
  action: string
  /** Leaves for the provider, so the browser itself must follow the redirect. */
  leaves: boolean
  primary: boolean
  /** Seldom wanted: it stands in the menu. */
  rare: boolean
  refused: string | null
}

const NO_REFRESH: ReadonlySet<Health> = new Set(['paused', 'reconnect', 'refreshing', 'static'])

const ICONS = {
  refresh: 'refresh',
  reconnect: 'plug',
  resume: 'player-play',
  pause: 'player-pause',
  reactivate: 'power',
  link: 'link-plus',
} as const

/** The buttons that fit an account's condition, the most useful one first and marked as primary. */
export function accountActions(
  input: ActionInput,
  t: Translate,
  words: Pick<TimeWords, 'stamp'>
): AccountAction[] {
  const of = (key: keyof typeof ICONS, refused: string | null = null): AccountAction => ({
    key,
    label: t(`account.actions.${key}`),
    icon: ICONS[key],
    action: `/accounts/${input.id}/${key}`,
    leaves: false,
    primary: false,
    rare: false,
    refused,
  })
  const unready = notConfigured(input, t)
  const actions = [
    of('refresh', noRefresh(input, t, words)),
    input.paused ? of('resume') : of('pause'),
    ...(input.isActive ? [] : [of('reactivate')]),
    { ...of('reconnect', unready), action: consent(input), leaves: true },
    of('link', input.parent ? t('account.actions.derived') : unready),
  ]
  const wanted = input.paused ? 'resume' : input.health === 'reconnect' ? 'reconnect' : 'refresh'
  return actions
    .map((action) => {
      const fits = action.refused === null
      const primary = action.key === wanted && fits
      // Why something is refused is said beside the buttons.
      return { ...action, primary, rare: action.key === 'reconnect' && fits && !primary }
    })
    .sort((a, b) => Number(b.primary) - Number(a.primary))
}

function noRefresh({ health, youngUntil }: ActionInput, t: Translate, { stamp }: Pick<TimeWords, 'stamp'>) {
  if (NO_REFRESH.has(health)) return t(`account.actions.no_refresh.${health}`)
  return youngUntil ? t('account.actions.too_young', { when: stamp(youngUntil) }) : null
}

function notConfigured({ provider, configured }: ActionInput, t: Translate): string | null {
  if (configured === null) return t('account.actions.provider_gone', { provider: provider.name })
  return configured ? null : t('account.actions.not_configured', { provider: provider.name })
}

/** A token that derives from another account is renewed with that one's grant. */
function consent({ id, provider, parent }: ActionInput): string {
  const renewed = parent ?? { id, provider: provider.id }
  return `/connect/${encodeURIComponent(renewed.provider)}/start?reconnect=${renewed.id}`
}
