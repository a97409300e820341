/** All pages as people of other languages get them: nothing on them may be English that could be in their language. */
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { englishIn, EnglishTexts } from '#tests/helpers/page_words'
import { getRoutes, NO_PAGES, openInProcess, pagesOf, type SeenPage } from '#tests/helpers/page_list'
import { seededInstallation, type SeededInstallation } from '#tests/helpers/seeded_installation'

/** Pages in English for everybody. */
const IN_ENGLISH = ['/api/docs']

test.group('Pages in other languages', (group) => {
  let installation: SeededInstallation
  let pages: SeenPage[]
  group.each.timeout(60_000)
  group.setup(async () => {
    installation = await seededInstallation()
    pages = await pagesOf(installation)
  })

  // Nothing was connected by the link, so the page of its end is that of what is nowhere.
  test('every GET route is known as a page or as none', async ({ client, assert }) => {
    const listed = new Set(pages.map(({ name }) => name))
    assert.deepEqual(
      getRoutes().filter((route) => !listed.has(route) && !(route in NO_PAGES)),
      []
    )
    for (const page of pages.filter(({ name }) => name.startsWith('/'))) {
      const answer = await openInProcess(client, installation, page)
      assert.equal(answer.status(), page.name === '/link/:id/done' ? 404 : 200, page.name)
      assert.include(answer.header('content-type'), 'text/html', page.name)
      assert.include(answer.text(), '<html', page.name)
    }
  })

  test('nothing of the English catalogues stands on a page in {$self}')
    .with(['fr', 'ja'] as const)
    .run(async ({ client, assert }, locale) => {
      const i18n = await app.container.make('i18n')
      const texts = new EnglishTexts(i18n.getTranslationsFor('en'), i18n.getTranslationsFor(locale))
      const found: string[] = []
      for (const page of pages.filter(({ name }) => !IN_ENGLISH.includes(name))) {
        const answer = await openInProcess(client, installation, page, locale)
        assert.isBelow(answer.status(), 500, page.name)
        const html = answer.text()
        assert.include(html, `lang="${locale}"`, page.name)
        for (const word of englishIn(html, texts)) found.push(`${page.name}: ${word}`)
      }
      assert.deepEqual([...new Set(found)], [])
    })

  test('what is English is noticed', ({ assert }) => {
    const texts = new EnglishTexts(
      {
        save: 'Save view',
        count: '{n, plural, one {# account} other {# accounts}}',
        ok: 'Token',
        by: 'made by {who}',
      },
      {
        save: 'Enregistrer',
        count: '{n, plural, one {# compte} other {# comptes}}',
        ok: 'Token',
        by: 'par {who}',
      }
    )
    const page = (body: string) => englishIn(`<title>Enregistrer</title><p>${body}</p>`, texts)
    assert.deepEqual(page('Enregistrer'), [])
    assert.deepEqual(page('Token'), [])
    assert.deepEqual(page('<b>Save view</b>'), ['Save view'])
    assert.deepEqual(page('12 accounts'), ['12 accounts'])
    assert.deepEqual(page('<i title="made by Ana"></i>'), ['made by Ana'])
    assert.deepEqual(page('Nobody is here'), ['Nobody is here'])
    assert.deepEqual(page('<code>Nobody is here</code><q dir="auto">the end</q>'), [])
  })
})
