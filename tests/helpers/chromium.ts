import { existsSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a Chromium lives on this machine; null where there is none, and browser tests skip. */
export function chromiumPath(): string | null {
  return PLACES.find((place) => existsSync(place)) ?? null
}
