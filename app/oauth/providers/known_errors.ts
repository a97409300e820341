import type { KnownError } from '#oauth/types'

/**
 * What the providers' own error codes tell a person: one table of all dialects, which the definitions refer to. The words
 * stand in the catalogues under `account.why.known`. Only what says more than its class is listed; for anything else the
 * general sentence of the class holds.
 */
export const KNOWN_ERRORS = {
  twitch: [
    { class: 'rejected', message: /invalid refresh token/i, as: 'twitch_refused' },
    { class: 'rejected', message: /invalid grant/i, as: 'twitch_invalid_grant' },
  ],
  x: [
    { class: 'rejected', code: ['invalid_request', 'invalid_grant'], as: 'x_spent' },
    { class: 'locked', code: '326', as: 'x_locked' },
  ],
  spotify: [
    { class: 'rejected', code: 'invalid_grant', message: /revoked/i, as: 'spotify_revoked' },
    { class: 'rejected', code: 'invalid_grant', as: 'spotify_ended' },
  ],
  discord: [{ class: 'rejected', code: ['invalid_grant', 'invalid_request'], as: 'discord_refused' }],
  google: [
    { class: 'locked', code: 'invalid_grant', as: 'google_sign_in' },
    { class: 'rejected', code: 'invalid_grant', as: 'google_ended' },
    { class: 'configuration', code: 'deleted_client', as: 'google_client_deleted' },
  ],
  youtube: [
    { class: 'suspended', message: /authenticatedUserAccountSuspended/, as: 'youtube_suspended' },
    { class: 'suspended', message: /authenticatedUserAccountClosed/, as: 'youtube_closed' },
  ],
  github: [
    { class: 'rejected', code: 'bad_refresh_token', as: 'github_refresh_token' },
    { class: 'rejected', message: /bad credentials/i, as: 'github_credentials' },
    { class: 'locked', code: 'unverified_user_email', as: 'github_email' },
  ],
  graph: [
    { class: 'rejected', code: '190/458', as: 'graph_removed' },
    { class: 'locked', code: '190/459', as: 'graph_checkpoint' },
    { class: 'rejected', code: '190/460', as: 'graph_password' },
    { class: 'rejected', code: '190/463', as: 'graph_expired' },
    { class: 'locked', code: '190/464', as: 'graph_unconfirmed' },
    { class: 'rejected', code: '190/467', as: 'graph_logged_out' },
    { class: 'rejected', code: '190/493', as: 'graph_idle' },
    { class: 'suspended', code: '368', as: 'graph_blocked' },
  ],
  linkedin: [{ class: 'rejected', code: ['invalid_request', 'invalid_grant'], as: 'linkedin_ended' }],
  reddit: [{ class: 'rejected', code: ['400', 'invalid_grant'], as: 'reddit_refused' }],
  slack: [
    { class: 'rejected', code: ['invalid_refresh_token', 'refresh_token_expired'], as: 'slack_spent' },
    { class: 'rejected', code: 'token_revoked', as: 'slack_revoked' },
    { class: 'suspended', code: 'account_inactive', as: 'slack_inactive' },
    { class: 'locked', code: 'org_login_required', as: 'slack_organization' },
    { class: 'configuration', code: 'token_rotation_not_enabled', as: 'slack_rotation' },
  ],
  notion: [{ class: 'rejected', code: 'invalid_grant', as: 'notion_revoked' }],
} satisfies Record<string, readonly KnownError[]>
