import type { Page } from 'playwright'

/** Signs in with what a new installation printed at its first start. */
export async function signInFirst(page: Page, url: string, greeting: string): Promise<void> {
  const email = /Sign in +(\S+)/.exec(greeting)?.[1] ?? ''
  const password = /Password +(\S+)/.exec(greeting)?.[1] ?? ''
  await page.goto(url)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((address) => address.pathname === '/')
}

/** Connects the sandbox's first account and ends on its page. */
export async function connectFirst(page: Page): Promise<void> {
  await page.goto(new URL('/accounts/connect', page.url()).href)
  await page.getByRole('button', { name: 'Connect' }).first().click()
  await allow(page)
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}$/)
}

/** Consents on the sandbox's own page. */
export async function allow(page: Page): Promise<void> {
  await page.waitForURL(/\/interaction\//)
  const choice = page.getByRole('radio').first()
  if (!(await choice.isChecked())) await choice.check({ force: true })
  await page.getByRole('button', { name: 'Allow' }).click()
}
