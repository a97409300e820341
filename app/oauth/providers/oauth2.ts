import { defineProvider } from '#oauth/define_provider'

/**
 * Any OAuth 2.0 authorization server (https://www.rfc-editor.org/rfc/rfc6749). It names no endpoint: those come from the operator's file or from discovery, so
 * it serves as the base of other definitions and is never connected to itself. The RFC is no documentation of theirs.
 */
export default defineProvider({
  id: 'oauth2',
  name: 'OAuth 2.0',
  server: {},
})
