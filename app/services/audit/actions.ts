/**
 * Everything that the trail can tell of, by its group: the stable words of the action column. A new mutating route or
 * command adds its word here and, in every language, to `resources/lang/<language>/audit.json` (`action.<group>.<word>`).
 */
export const ACTIONS = {
  session: ['sign_in', 'sign_out'],
  connection: [
    ...['connect', 'import', 'refresh', 'refresh_many', 'pause', 'resume', 'reactivate', 'disconnect'],
    ...['update', 'delete', 'keep_alive', 'link', 'verify', 'export', 'begin_connect', 'change_many'],
  ],
  token: ['hand_out', 'report_unauthorized', 'validate'],
  connect_link: ['create', 'send', 'open'],
  campaign: [
    ...['create', 'update', 'archive', 'add_member', 'remove_member', 'grant', 'extend', 'revoke'],
    ...['add_game_master', 'remove_game_master', 'start_session', 'end_session'],
  ],
  job: ['run', 'pause', 'resume', 'cancel'],
  provider: ['create', 'update', 'remove', 'test', 'open_gate', 'discover'],
  alert_rule: ['create', 'adopt', 'update', 'remove'],
  channel: ['create', 'update', 'test', 'enable', 'remove', 'rotate_secret'],
  delivery: ['redeliver', 'cancel'],
  device: ['enable', 'test', 'remove'],
  api_key: ['create', 'rotate', 'revoke'],
  organization: ['create', 'update', 'switch'],
  invitation: ['create', 'resend', 'withdraw', 'accept'],
  member: ['create', 'change_role', 'remove', 'reset_two_factor'],
  profile: ['update', 'change_password', 'alert_preferences', 'end_sessions', 'save_view', 'remove_view'],
  two_factor: ['begin', 'enable', 'disable', 'new_recovery_codes'],
  installation: ['set_up', 'rotate_encryption', 'lift_quarantine', 'back_up'],
  audit: ['export'],
} as const

type Actions = typeof ACTIONS
export type ActionGroup = keyof Actions
export type AuditAction = { [G in ActionGroup]: `${G}.${Actions[G][number]}` }[ActionGroup]

export const ACTION_GROUPS = Object.keys(ACTIONS) as ActionGroup[]

/** Every action there is. */
export const ALL_ACTIONS = ACTION_GROUPS.flatMap((group) =>
  ACTIONS[group].map((word) => `${group}.${word}` as AuditAction)
)

/** Of tokens that leave there are so many that they are counted, and listed by themselves. */
export const HAND_OUT = 'token.hand_out' satisfies AuditAction
