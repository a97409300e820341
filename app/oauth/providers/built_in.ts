import twitch from '#oauth/providers/twitch'
import type { Provider } from '#oauth/types'

/** The providers that come with the application. */
export const BUILT_IN_PROVIDERS: readonly Provider[] = [twitch]
