import type { Page } from 'playwright'
import type Connection from '#models/connection'
import { signIn } from '#tests/helpers/browser'
import { aConnection, aPerson } from '#tests/helpers/people'

/** Five accounts, the newest first: Eva, Dee, Cem, Bea, Ana. */
export async function aFew(values: Record<string, unknown> = {}) {
  const person = await aPerson('operator')
  const accounts: Record<string, Connection> = {}
  for (const displayName of ['Ana', 'Bea', 'Cem', 'Dee', 'Eva']) {
    accounts[displayName] = await aConnection(person.organization, { displayName, ...values })
  }
  return { ...person, accounts }
}

/** The checkbox of an account. */
export const box = (page: Page, name: string) => page.getByRole('checkbox', { name: `Select ${name}` })
/** The names of the accounts that the list shows, from its top. */
export const rowNames = async (page: Page) =>
  (await page.locator('[data-row] .account-link').allInnerTexts()).map((name) => name.trim())

/** Signs in and opens the list. */
export async function openList(page: Page, email: string, path = '/accounts') {
  await signIn(page, email, '/')
  await page.goto(path)
}
