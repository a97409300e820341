import type { Health } from '#services/connection_health'

export interface ActionInput {
  id: string
  health: Health
  isActive: boolean
  paused: boolean
  provider: { id: string; name: string }
  /** Null where the definition is gone. */
  configured: boolean | null
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
    of('refresh', 'Refresh now', 'refresh', NO_REFRESH[input.health] ?? null),
    input.paused ? of('resume', 'Resume', 'player-play') : of('pause', 'Pause', 'player-pause'),
    ...(input.isActive ? [] : [of('reactivate', 'Reactivate', 'power')]),
    reconnect(input),
  ]
  const wanted = input.paused ? 'resume' : input.health === 'reconnect' ? 'reconnect' : 'refresh'
  return actions.map((action) => ({ ...action, primary: action.key === wanted && action.refused === null }))
}

function reconnect({ id, provider, configured }: ActionInput): AccountAction {
  const refused =
    configured === null
      ? `${provider.name} is not among the providers any more`
      : configured
        ? null
        : `${provider.name} is not configured`
  const action = `/connect/${encodeURIComponent(provider.id)}/start?reconnect=${id}`
  return { key: 'reconnect', label: 'Reconnect', icon: 'plug', action, leaves: true, primary: false, refused }
}
