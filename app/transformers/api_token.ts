import type { ValidToken } from '#services/token_manager/servable_token'

/** The answer of a token read (SPEC §5.3): the one place where a token leaves by the API. `token_secret`: OAuth 1.0a only. */
export function apiToken(token: ValidToken) {
  return {
    access_token: token.accessToken.reveal(),
    token_type: token.tokenType,
    expires_at: token.expiresAt?.toISOString() ?? null,
    scopes: token.scopes,
    connection_id: token.connectionId,
    ...(token.tokenSecret === null ? {} : { token_secret: token.tokenSecret.reveal() }),
  }
}
