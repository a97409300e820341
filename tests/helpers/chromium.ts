import { existsSync } from 'node:fs'

const WHOLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const WITHOUT_WINDOWS = ['/usr/bin/chromium-headless-shell']

const firstOf = (places: readonly string[]) => places.find((place) => existsSync(place)) ?? null

/** Where a whole Chromium lives on this machine, which alone shows notifications; null where there is none. */
export const wholeChromium = () => firstOf(WHOLE)

/**
 * The Chromium for pages; null where there is none, and browser tests skip. The headless shell draws the same pages for two
 * thirds of the processor time, since it has no windows, tabs and menus of its own.
 */
export const chromiumPath = () => firstOf([...WITHOUT_WINDOWS, ...WHOLE])
