/** The guides say the same in three languages: a change of one must be made in all of them. */
import { existsSync, readdirSync } from 'node:fs'
import { test } from '@japa/runner'
import { bodyOf, misprintsOf, readGuide } from '#tests/helpers/guide'
import { readText } from '#tests/helpers/source_tree'

/** What measurements and definitions say, kept equal to them by other tests; and the way to begin, which is the README. */
const ENGLISH_ONLY = ['benchmarks.md', 'faults.md', 'providers.md']
const FIRST = 'getting-started.md'

const pagesOf = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.md'))
const GUIDES = pagesOf('docs').filter((name) => !ENGLISH_ONLY.includes(name))
const TRANSLATIONS = [
  { language: 'fr', line: (name: string) => `[English](../${name}) · [日本語](../ja/${name})` },
  { language: 'ja', line: (name: string) => `[English](../${name}) · [Français](../fr/${name})` },
]

const translated = TRANSLATIONS.flatMap(({ language }) =>
  pagesOf(`docs/${language}`).map((name) => ({ language, name, path: `docs/${language}/${name}` }))
)

/** Everything but the words, section by section; the numbers apart, since words may stand for them. */
const shapeOf = (path: string, textOf = readText) =>
  readGuide(path, textOf).map(({ title: _title, numbers: _numbers, ...shape }) => shape)

/** Numbers of a guide that its translation lost. */
function lostNumbers(path: string, translation: string, textOf = readText): string[] {
  const theirs = readGuide(translation, textOf)
  return readGuide(path, textOf).flatMap(({ title, numbers }, index) =>
    [...numbers].filter((one) => !theirs[index]?.numbers.has(one)).map((one) => `${title}: ${one}`)
  )
}

test.group('Guides', () => {
  test('each is there in every language, and no other is', ({ assert }) => {
    assert.isAbove(GUIDES.length, 5)
    for (const { language } of TRANSLATIONS)
      assert.sameMembers(pagesOf(`docs/${language}`), [...GUIDES, FIRST], language)
  })

  for (const name of GUIDES) {
    test(`${name} leads to its other languages`, ({ assert }) => {
      assert.equal(readText(`docs/${name}`).split('\n')[2], `[Français](fr/${name}) · [日本語](ja/${name})`)
      for (const { language, line } of TRANSLATIONS)
        assert.equal(readText(`docs/${language}/${name}`).split('\n')[2], line(name))
    })

    for (const { language } of TRANSLATIONS) {
      test(`docs/${language}/${name} has the parts, examples, names, links and numbers of ${name}`, ({
        assert,
      }) => {
        const [path, translation] = [`docs/${name}`, `docs/${language}/${name}`]
        const [ours, theirs] = [shapeOf(path), shapeOf(translation)]
        assert.lengthOf(theirs, ours.length)
        readGuide(path, readText).forEach(({ title }, index) =>
          assert.deepEqual(theirs[index], ours[index], title)
        )
        assert.deepEqual(lostNumbers(path, translation), [])
      })
    }
  }

  test('the first steps are the same in French and Japanese, and lead to every guide', ({ assert }) => {
    const [french, japanese] = TRANSLATIONS.map(({ language }) => {
      const sections = readGuide(`docs/${language}/${FIRST}`, readText)
      return sections.map(({ level, links, items }) => ({ level, links, items }))
    })
    assert.deepEqual(japanese, french)
    assert.includeMembers(
      french.flatMap(({ links }) => links),
      GUIDES.map((name) => `docs/${name}`)
    )
  })

  test('links stay in the language of the page', ({ assert }) => {
    for (const { path } of translated) {
      const links = [...bodyOf(readText(path)).matchAll(/\]\(\.\.\/([\w-]+\.md)/g)].map(([, name]) => name)
      const abroad = links.filter((name) => GUIDES.includes(name))
      assert.deepEqual(abroad, [], path)
    }
  })

  test('what they link to is there', ({ assert }) => {
    const pages = [...GUIDES.map((name) => `docs/${name}`), ...translated.map(({ path }) => path)]
    for (const page of pages) {
      const links = readGuide(page, readText).flatMap((section) => section.links)
      for (const link of links.filter((one) => !one.startsWith('http'))) {
        assert.notInclude(link, '#-1', page)
        assert.isTrue(existsSync(link.split('#')[0]), `${page}: ${link}`)
      }
    }
  })

  test('a guide that says less or leads elsewhere is noticed', ({ assert }) => {
    const pages: Record<string, string> = {
      'docs/a.md': '# A\n\nWait 8 s, `now`, see [B](b.md) and [end](#end).\n\n## End\n',
      'docs/fr/a.md': '# A\n\nAttendez 8 s, `now`, voir [B](b.md) et [fin](#fin).\n\n## Fin\n',
    }
    const judge = (change: (text: string) => string) => {
      const textOf = (path: string) => (path.includes('/fr/') ? change(pages[path]) : pages[path])
      const isSame =
        JSON.stringify(shapeOf('docs/a.md', textOf)) === JSON.stringify(shapeOf('docs/fr/a.md', textOf))
      return isSame && lostNumbers('docs/a.md', 'docs/fr/a.md', textOf).length === 0
    }
    assert.isTrue(judge((text) => text))
    for (const [from, to] of [
      ['8 s', '5 s'],
      ['`now`', '`then`'],
      ['(b.md)', '(c.md)'],
      ['#fin', '#end'],
      ['## Fin', 'Fin'],
    ])
      assert.isFalse(
        judge((text) => text.replace(from, to)),
        to
      )
  })
})

test.group('Guides | words', () => {
  for (const { language, path } of translated) {
    test(`${path} is set as the language is written`, ({ assert }) => {
      assert.deepEqual(misprintsOf(language, readText(path)), [])
    })
  }

  test('a misprint is noticed', ({ assert }) => {
    for (const text of ["l'API", 'Voici :', '**Note :** ici', 'Quoi?', '« oui »', 'un ; deux'])
      assert.isNotEmpty(misprintsOf('fr', text), text)
    for (const text of [
      '「端末」と API',
      'API の端末',
      '`code` の端末',
      '端末,通知',
      '端末:',
      '**「端末」**が',
    ])
      assert.isNotEmpty(misprintsOf('ja', text), text)
    assert.deepEqual(misprintsOf('fr', 'Ici\u202f: `a: b`, l’API [là](x: y)'), [])
    assert.deepEqual(misprintsOf('ja', '**端末**：`code`のAPI。'), [])
  })

  for (const folder of ['', 'fr/', 'ja/']) {
    test(`docs/${folder}mcp.md explains sentences that the form says`, ({ assert }) => {
      const plain = (text: string) => text.replaceAll(/\s/g, '').toLowerCase()
      const catalogue = readText(`resources/lang/${folder || 'en/'}faults.json`)
      const said = plain(Object.values(JSON.parse(catalogue).mcp).join('\n'))
      const rows =
        readText(`docs/${folder}mcp.md`)
          .split(/^## /m)[6]
          .match(/^\| .+ \|$/gm) ?? []
      assert.lengthOf(rows.slice(2), 6)
      for (const row of rows.slice(2)) assert.include(said, plain(row.split('|')[1]), row)
    })
  }
})
