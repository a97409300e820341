import { TOKEN_ERRORS, type OperationGroup } from '#openapi/operation'
import { ref } from '#transformers/api_schema'
import { refusedToken, tokenOwner, tokenValidation } from '#validators/api/tokens'

const TOKEN = { says: 'A token that can be used now.', schema: ref('Token') }

export const tokenOperations: OperationGroup = {
  name: 'Tokens',
  description: 'Reading access tokens. What is about to end is refreshed first.',
  operations: {
    'GET /api/v1/token': {
      id: 'readToken',
      summary: 'Read a token by owner and provider',
      query: tokenOwner,
      exampleQuery: { provider: 'acme', owner: 'ana' },
      answers: { 200: TOKEN },
      errors: [...TOKEN_ERRORS, 'ambiguous_connection'],
    },
    'GET /api/v1/connections/{id}/token': {
      id: 'readTokenOfConnection',
      summary: 'Read the token of a connection',
      answers: { 200: TOKEN },
      errors: TOKEN_ERRORS,
    },
    'POST /api/v1/connections/{id}/report-unauthorized': {
      id: 'reportUnauthorized',
      summary: 'Report that the provider refused a token',
      description:
        'Answers with the token to try next, which is never the refused one. Without `access_token` the stored one is checked.',
      body: refusedToken,
      example: { access_token: 'the refused token' },
      answers: { 200: { says: 'The token to try next.', schema: ref('Token') } },
      errors: TOKEN_ERRORS,
    },
    'POST /api/v1/tokens/validate': {
      id: 'validateTokens',
      summary: 'Test which connections can be used now',
      description:
        'With `auto_refresh` what has ended is refreshed first. Results come in the order of the ids.',
      body: tokenValidation,
      example: { connection_ids: ['00000000-0000-7000-8000-000000000000'], auto_refresh: true },
      answers: { 200: { says: 'Each connection, usable or why not.', schema: ref('ValidationReport') } },
    },
  },
}
