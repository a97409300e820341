import { defineProvider } from '#oauth/define_provider'
import google from '#oauth/providers/google'

/** The Calendar face of the Google client. */
export default defineProvider({
  ...google,
  id: 'google_calendar',
  name: 'Google Calendar',
  icon: 'calendar',
  docs: 'https://developers.google.com/workspace/calendar/api/auth',
  scopes: [...google.scopes, 'https://www.googleapis.com/auth/calendar.readonly'],
})
