import { defineProvider } from '#oauth/define_provider'
import google from '#oauth/providers/google'

/** The Gmail face of the Google client. */
export default defineProvider({
  ...google,
  id: 'gmail',
  name: 'Gmail',
  docs: 'https://developers.google.com/workspace/gmail/api/auth/scopes',
  scopes: [...google.scopes, 'https://www.googleapis.com/auth/gmail.readonly'],
  quirks: [
    ...google.quirks,
    'Its scopes are restricted: Google reviews an application before the public may use it.',
  ],
})
