/** What holds on every page, whoever made it: axe, the policy, the width, the keyboard, and no script at all. */
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { SeenPage } from '#tests/helpers/page_list'
import { pagesOf } from '#tests/helpers/page_list'
import { lookAt, sessionsOf } from '#tests/helpers/page_looks'
import { seededInstallation, type SeededInstallation } from '#tests/helpers/seeded_installation'

/** To look at a few pages only: `PAGES=accounts,/inbox`. */
const wanted = process.env.PAGES?.split(',')

test.group('All pages in a browser', (group) => {
  let installation: SeededInstallation
  let pages: SeenPage[]
  let sessions: Awaited<ReturnType<typeof sessionsOf>> | undefined
  group.each.timeout(600_000)
  group.setup(async () => {
    await limiter.clear()
    installation = await seededInstallation()
    const all = await pagesOf(installation)
    pages = all.filter(({ name }) => !wanted || wanted.some((part) => name.includes(part)))
  })

  test('axe finds nothing, nothing breaks the policy, nothing is wider than the screen: {$self}')
    .with(['en', 'fr', 'ja'] as const)
    .run(async ({ browser, assert }, locale) => {
      sessions ??= await sessionsOf(browser, installation, [...new Set(pages.map(({ as }) => as))])
      assert.deepEqual(await lookAt(pages, { browser, sessions, locale }), [])
    })
})
