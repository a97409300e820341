import type { Browser, BrowserContext, ConsoleMessage, Page, Response, Route } from 'playwright'
import { appUrl } from '#config/app'
import type { Role } from '#models/membership'
import { axeFindings } from '#tests/helpers/axe'
import { signIn } from '#tests/helpers/browser'
import type { SeenPage } from '#tests/helpers/page_list'
import type { SeededInstallation } from '#tests/helpers/seeded_installation'
import { homeOf } from '#policies/roles'

const THEMES = ['light', 'dark'] as const
const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
]
/** The dark theme is another set of colours (`resources/css/tokens.css`) and nothing else: these rules look at colours. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']
/** Pages at which people look from a telephone: in English, axe looks at these in the narrow width, too. */
const MAIN = ['/', '/accounts', '/accounts/:id', '/inbox', '/campaigns/:id']
/** So many pages at a time: the processor has more to do for a page than this process. */
const AT_ONCE = 3
/** Pictures of all pages are for people, and asked for: `SCREENSHOTS=1 npm run test:browser`. */
const PICTURES = process.env.SCREENSHOTS ? 'tmp/screenshots' : null

type Cookies = Awaited<ReturnType<BrowserContext['storageState']>>

/** Signs in once as each role that looks at pages; `null` has no session. */
export async function sessionsOf(
  browser: Browser,
  { tenant, guarded }: SeededInstallation,
  roles: readonly (Role | null)[]
): Promise<Map<Role | null, Cookies>> {
  const sessions = new Map<Role | null, Cookies>()
  for (const role of roles) {
    const context = await browser.newContext({ baseURL: appUrl, javaScriptEnabled: false })
    const code = role === guarded.role ? guarded.code : null
    if (role) await signIn(await context.newPage(), tenant.people[role].email, homeOf(role), code)
    sessions.set(role, await context.storageState())
    await context.close()
  }
  return sessions
}

interface Looking {
  browser: Browser
  sessions: ReadonlyMap<Role | null, Cookies>
  locale: string
}

/**
 * Opens every page in one language and both themes. Returns what axe finds, what the browser complains of (its policy
 * among that) and what is wider than the screen, one line each with page and selector.
 */
export async function lookAt(pages: readonly SeenPage[], looking: Looking): Promise<string[]> {
  const byRole = Map.groupBy(pages, ({ as }) => as)
  const found: string[] = []
  for (const [role, mine] of byRole) {
    const context = await contextOf(role, looking)
    const waiting = [...mine]
    const look = async () => {
      const page = await context.newPage()
      for (let seen = waiting.shift(); seen; seen = waiting.shift())
        found.push(...(await lookAtOne(page, seen, looking.locale)))
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, mine.length) }, look))
    await context.close()
  }
  return found.sort()
}

function contextOf(role: Role | null, { browser, sessions, locale }: Looking): Promise<BrowserContext> {
  const storageState = sessions.get(role)
  return browser.newContext({ baseURL: appUrl, locale, reducedMotion: 'reduce', storageState })
}

async function lookAtOne(page: Page, seen: SeenPage, locale: string): Promise<string[]> {
  const found: string[] = []
  const onError = (error: Error) => void found.push(`script: ${error.message}`)
  const onConsole = (message: ConsoleMessage) => {
    // The browser tells of a page that is not found, where that is what was asked for.
    const isOwnStatus = message.location().url.endsWith(seen.path)
    if (message.type() === 'error' && !isOwnStatus) found.push(`console: ${message.text()}`)
  }
  page.on('pageerror', onError).on('console', onConsole)
  await page.emulateMedia({ colorScheme: 'light' })
  const answer = await open(page, seen)
  const language = await page.locator('html').getAttribute('lang')
  const status = answer?.status() ?? 0
  if (language !== locale || status === 0 || status >= 500)
    found.push(`is in ${language}, with status ${status}`)
  found.push(...(await tooWide(page)))
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme })
    found.push(...(await axe(page, theme)))
    if (PICTURES) await takePictures(page, `${PICTURES}/${locale}-${theme}`, seen.name)
  }
  if (locale === 'en' && MAIN.includes(seen.name)) {
    await page.setViewportSize(SIZES[0])
    found.push(...(await axe(page, 'narrow')))
  }
  page.off('pageerror', onError).off('console', onConsole)
  return [...new Set(found)].map((line) => `${seen.name} (${locale}) ${line}`)
}

/** Goes to the page, by its form where it answers one. */
async function open(page: Page, { path, form, as }: SeenPage): Promise<Response | null> {
  if (!form) return page.goto(path)
  await page.goto(as === null ? '/login' : '/settings/security')
  const token = await page.locator('input[name="_csrf"]').first().inputValue()
  const postData = new URLSearchParams({ _csrf: token, ...form }).toString()
  const send = (route: Route) => {
    const headers = { ...route.request().headers(), 'content-type': 'application/x-www-form-urlencoded' }
    return route.continue({ method: 'POST', headers, postData })
  }
  await page.route(`**${path}`, send, { times: 1 })
  return page.goto(path)
}

async function axe(page: Page, look: (typeof THEMES)[number] | 'narrow'): Promise<string[]> {
  const findings = await axeFindings(page, look === 'dark' ? OF_COLOURS : undefined)
  return findings.map((finding) => `${look}: ${finding}`)
}

/** What hangs over the edge of the screen, at each size; ends with the widest. */
async function tooWide(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const size of SIZES) {
    await page.setViewportSize(size)
    const wide = await page.evaluate<string | null>(`(() => {
      const { scrollWidth } = document.scrollingElement
      if (scrollWidth <= innerWidth) return null
      const over = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
      const inner = over.filter((one) => ![...one.children].some((child) => over.includes(child)))
      return scrollWidth + ' px by ' + inner.slice(0, 3).map((one) => one.tagName.toLowerCase() + '.' + one.className).join(', ')
    })()`)
    if (wide) found.push(`wider than ${size.width}: ${wide}`)
  }
  return found
}

async function takePictures(page: Page, folder: string, name: string): Promise<void> {
  const file = name.replaceAll(/[^\w-]+/g, '-').replaceAll(/^-|-$/g, '') || 'overview'
  for (const size of SIZES) {
    await page.setViewportSize(size)
    await page.screenshot({
      path: `${folder}-${size.width}/${file}.png`,
      fullPage: true,
      animations: 'disabled',
    })
  }
}
