import type { Health } from '#services/connection_health'
import { stamp } from '#transformers/time_words'

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
  refused: string | null
}

const NO_REFRESH: Partial<Record<Health, string>> = {
  paused: 'Resume the account first',
  reconnect: 'The grant needs a person first: reconnect or reactivate',
  refreshing: 'A refresh is in flight',
  static: 'There is no way to refresh this token',
}

/** The buttons that fit an account's condition, the most useful one marked as primary. */
export function accountActions(input: ActionInput): AccountAction[] {
  const of = (key: string, label: string, icon: string, refused: string | null = null): AccountAction => ({
    key,
    label,
    icon,
    action: `/accounts/${input.id}/${key}`,
    leaves: false,
    primary: false,
    refused,
  })
  const actions = [
    of('refresh', 'Refresh now', 'refresh', noRefresh(input)),
    input.paused ? of('resume', 'Resume', 'player-play') : of('pause', 'Pause', 'player-pause'),
    ...(input.isActive ? [] : [of('reactivate', 'Reactivate', 'power')]),
    reconnect(input),
  ]
  const wanted = input.paused ? 'resume' : input.health === 'reconnect' ? 'reconnect' : 'refresh'
  return actions.map((action) => ({ ...action, primary: action.key === wanted && action.refused === null }))
}

function noRefresh({ health, youngUntil }: ActionInput): string | null {
  const refused = NO_REFRESH[health] ?? null
  if (refused !== null || !youngUntil) return refused
  return `The provider renews this token from ${stamp(youngUntil)} on`
}

/** A token that derives from another account is renewed with that one's grant. */
function reconnect({ id, provider, configured, parent }: ActionInput): AccountAction {
  const refused =
    configured === null
      ? `${provider.name} is not among the providers any more`
      : configured
        ? null
        : `${provider.name} is not configured`
  const renewed = parent ?? { id, provider: provider.id }
  const action = `/connect/${encodeURIComponent(renewed.provider)}/start?reconnect=${renewed.id}`
  return { key: 'reconnect', label: 'Reconnect', icon: 'plug', action, leaves: true, primary: false, refused }
}
