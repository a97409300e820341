import type { Page } from 'playwright'

/** Who the tests make the first person of an installation. */
export const FIRST = {
  name: 'Ada First',
  email: 'ada@example.org',
  password: 'the first long password',
}

/** Where the first account is made, as a web process printed it. */
export function setupAddress(greeting: string): string {
  const [, address] = /Set up +(\S+)/.exec(greeting) ?? []
  if (!address) throw new Error(`nothing says where to set up:\n${greeting}`)
  return address
}

/** Makes the first account at the address that a new installation printed, and ends on its first page. */
export async function signInFirst(page: Page, url: string, greeting: string): Promise<void> {
  await page.goto(setupAddress(greeting))
  await page.getByLabel('Name').fill(FIRST.name)
  await page.getByLabel('E-mail address').fill(FIRST.email)
  await page.getByLabel('Password').fill(FIRST.password)
  await page.getByRole('button', { name: 'Make the account and sign in' }).click()
  await page.waitForURL((address) => address.pathname === '/accounts/connect')
  await page.goto(url)
}

/** Makes the first account without a browser. Resolves with where that led. */
export async function makeFirst(greeting: string): Promise<string | null> {
  const opened = await fetch(setupAddress(greeting), { redirect: 'manual' })
  const cookie = opened.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const address = new URL('/setup', setupAddress(greeting))
  const page = await (await fetch(address, { headers: { cookie } })).text()
  const [, csrf] = /name='_csrf' value='([^']+)'/.exec(page) ?? []
  if (!csrf) throw new Error(`the page has no form:\n${page}`)
  const body = new URLSearchParams({ ...FIRST, _csrf: csrf })
  const made = await fetch(address, { method: 'POST', redirect: 'manual', headers: { cookie }, body })
  return made.headers.get('location')
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
