import type { ValidToken } from '#services/token_manager/servable_token'
import { about, listOf, orNull, schemaOf, time, uuid, words } from '#transformers/api_schema'

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

export const tokenSchema = schemaOf<ReturnType<typeof apiToken>>(
  {
    access_token: words,
    token_type: about('How it is sent: `Bearer`, `OAuth` for OAuth 1.0a.', words),
    expires_at: about('Null where it does not end, or nobody knows when.', orNull(time)),
    scopes: listOf(words),
    connection_id: uuid,
    token_secret: about('OAuth 1.0a only.', words),
  },
  { sometimes: ['token_secret'] }
)
