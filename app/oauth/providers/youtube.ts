import { defineProvider } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'
import google from '#oauth/providers/google'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'

/** The YouTube face of the Google client. Its accounts are channels. */
export default defineProvider({
  ...google,
  id: 'youtube',
  name: 'YouTube',
  docs: 'https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps',
  scopes: ['https://www.googleapis.com/auth/youtube.readonly'],
  // A person has other names than a channel, so the standard claims would name another account.
  server: { ...google.server, userinfo_endpoint: undefined },
  validation: { ...google.validation!, account: () => null },
  profile: {
    url: 'https://www.googleapis.com/youtube/v3/channels?part=snippet&mine=true',
    account: (body) => ({
      id: optionalText(at(body, 'items.0.id')) ?? '',
      username: optionalText(at(body, 'items.0.snippet.customUrl')),
      displayName: optionalText(at(body, 'items.0.snippet.title')),
      avatarUrl: optionalText(at(body, 'items.0.snippet.thumbnails.default.url')),
    }),
  },
  knownErrors: [...google.knownErrors, ...KNOWN_ERRORS.youtube],
  quirks: [...google.quirks, 'A suspended or closed channel shows on the profile call.'],
})
