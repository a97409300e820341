import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { appUrl } from '#config/app'
import type { Secret } from '#oauth/secret'
import { PASSWORD } from '#tests/helpers/people'

/** A page in a context of its own, which collects what the browser complains about. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ baseURL: appUrl, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { page, complaints, close: () => context.close() }
}

/** Signs in through the form. `home`: where people of this role begin; `code`: for those with a second factor. */
export async function signIn(
  page: Page,
  email: string,
  home = '/',
  code: Secret | null = null
): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  if (code) {
    await page.getByLabel('Code').fill(code.reveal())
    await page.getByRole('button', { name: 'Go on' }).click()
  }
  await page.waitForURL((address) => address.pathname === home)
}

/** A page of somebody who has signed in, where people of an organization begin. */
export async function openSignedIn(browser: Browser, email: string, options: BrowserContextOptions = {}) {
  const opened = await openPage(browser, options)
  await signIn(opened.page, email)
  return opened
}
