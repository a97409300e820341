import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'

/** What the page is given instead of axe where it has it from an earlier look. */
const NOTHING = ';'
/** Places that a line names; the others are counted. */
const NAMED = 3

/** What axe finds, one line each; empty where all is well. All of its rules, or those that are named. */
export async function axeFindings(page: Page, rules?: string[]): Promise<string[]> {
  const isThere = await page.evaluate('typeof window.axe === "object"')
  // Our pages hold no frames of other origins, so that one look in the page itself sees them whole.
  const builder = new AxeBuilder({ page, axeSource: isThere ? NOTHING : undefined }).setLegacyMode()
  builder.options({ resultTypes: ['violations'] })
  if (rules) builder.withRules(rules)
  const { violations } = await builder.analyze()
  return violations.map(({ id, nodes }) => {
    const places = nodes.map(({ target }) => target.join(' '))
    const more = places.length > NAMED ? ` and ${places.length - NAMED} more` : ''
    return `${id} at ${places.slice(0, NAMED).join(', ')}${more}`
  })
}
