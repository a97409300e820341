import { readFile, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { KNOWN_CAUSES } from '#notifications/wording_causes'
import { KINDS } from '#notifications/wording_kinds'
import { LOCALES, type Locale } from '#notifications/types'

interface Element {
  /** 0 text, 1 argument, 2 number, 3 date, 4 time, 5 select, 6 plural, 7 `#`. */
  type: number
  value: string
  options?: Record<string, { value: Element[] }>
}

// The parser that reads the messages when they are shown; it belongs to the formatter of @adonisjs/i18n.
const formatter = createRequire(import.meta.resolve('@adonisjs/i18n')).resolve('intl-messageformat')
const { parse } = createRequire(formatter)('@formatjs/icu-messageformat-parser') as {
  parse(message: string, options: { ignoreTag: boolean }): Element[]
}

async function catalogues(): Promise<Record<Locale, Record<string, string>>> {
  const i18n = await app.container.make('i18n')
  const all = LOCALES.map((locale) => [locale, i18n.getTranslationsFor(locale)])
  return Object.fromEntries(all) as Record<Locale, Record<string, string>>
}

function visit(elements: readonly Element[], see: (element: Element) => void): void {
  for (const element of elements) {
    see(element)
    for (const option of Object.values(element.options ?? {})) visit(option.value, see)
  }
}

const parsed = (message: string) => parse(message, { ignoreTag: true })

/** What the reader gets to see of the values. A selector alone shows nothing: languages differ in what they inflect. */
function shown(message: string): string[] {
  const names = new Set<string>()
  const look = (elements: readonly Element[], plural: string | null) => {
    for (const element of elements) {
      if (element.type >= 1 && element.type <= 4) names.add(element.value)
      if (element.type === 7 && plural) names.add(plural)
      const inner = element.type === 6 ? element.value : plural
      for (const option of Object.values(element.options ?? {})) look(option.value, inner)
    }
  }
  look(parsed(message), null)
  return [...names].sort()
}

function texts(message: string): string[] {
  const found: string[] = []
  visit(parsed(message), ({ type, value }) => {
    if (type === 0) found.push(value)
  })
  return found
}

/** Commands, words of the search and times of day are written alike everywhere: `provider:twitch`, `08:00`, `:<1h`. */
function withoutCode(text: string): string {
  return text.replace(/「[^」]*」?|\w*:[\w<>./-]*」?|\(S256\)/gu, 'X')
}

/** Messages that French writes as English does. */
const FRENCH_TOO = new Set([
  'Tags',
  'Notes',
  'OK',
  'Pages',
  'Suggestions',
  '{count, plural, one {Tag} other {Tag}}',
  'Info',
  'test',
  'Actions',
  'Message',
  'Test',
  'URL',
  'E-mail',
  'Webhook',
  'Slack',
  'Discord',
  'Push',
  'UTC',
  'Audit',
  'Session',
  'Messages',
  'Invitations',
  'Installation',
  'CSV',
  'JSON',
  'Urgent',
  'Normal',
  'Streamer',
  'Code',
  'Sessions',
  'Invitation',
  'Webhooks',
  'Secret',
  'OpenAPI',
  'TypeScript',
  'Documentation',
  'Source',
  'Variables',
  'PKCE (S256)',
  'Rotation',
  'API',
  'Total',
  'Markdown',
  'JUnit',
  '{host}, pid {pid}',
  'Notifications',
  'Variable',
  'Version',
  'Node.js',
  'Licence',
])

/** Names and marks that Japanese writes in Latin letters. */
const ALIKE =
  /\b(UTC|JSON|CSV|ID|URL|Webhook|Slack|Discord|OpenAPI|TypeScript|PKCE|S256|API|Markdown|JUnit|pid|Node\.js|Esc|Enter|Shift)\b/g

test.group('The catalogues', () => {
  test('each language has the same texts', async ({ assert }) => {
    const { en, fr, ja } = await catalogues()
    assert.isAbove(Object.keys(en).length, 150)
    assert.deepEqual(Object.keys(fr).sort(), Object.keys(en).sort())
    assert.deepEqual(Object.keys(ja).sort(), Object.keys(en).sort())
    for (const locale of LOCALES) {
      assert.deepEqual(
        await readdir(app.languageFilesPath(locale)),
        await readdir(app.languageFilesPath('en'))
      )
    }
  })

  test('each translation shows the same values', async ({ assert }) => {
    const { en, fr, ja } = await catalogues()
    for (const [key, message] of Object.entries(en)) {
      assert.deepEqual(shown(fr[key]), shown(message), `fr ${key}`)
      assert.deepEqual(shown(ja[key]), shown(message), `ja ${key}`)
    }
  })

  test('nothing is left untranslated', async ({ assert }) => {
    const { en, fr, ja } = await catalogues()
    // Words that are the same in both, and messages of values alone.
    const same =
      /^(notifications\.(who|names\.(separator|last)|receivers|jobs\.notifications)|mail\.severity\.(urgent|high))/
    const hasWords = (message: string) => /\p{L}{2}/u.test(texts(message).join(''))
    for (const [key, message] of Object.entries(en)) {
      if (same.test(key)) continue
      if (hasWords(message) && !FRENCH_TOO.has(message)) assert.notEqual(fr[key], message, key)
      const japanese = texts(ja[key]).join('').replace(ALIKE, '')
      if (/\p{L}/u.test(japanese)) assert.match(japanese, /[\u3040-\u30ff\u4e00-\u9fff]/u, key)
    }
  })

  test('French has its spaces, Japanese its punctuation, and no text an apostrophe that ICU would eat', async ({
    assert,
  }) => {
    const { en, fr, ja } = await catalogues()
    for (const [key, message] of Object.entries(fr)) {
      for (const text of texts(message)) {
        assert.notMatch(text, /[^\u202f]([:;!?»](\s|$))|«[^\u202f]/u, `${key}: ${text}`)
      }
    }
    for (const [key, message] of Object.entries(ja)) {
      for (const text of texts(message)) {
        assert.notMatch(withoutCode(text), /[,:;!?()。、] |[:;!?()]/u, `${key}: ${text}`)
      }
    }
    for (const catalogue of [en, fr, ja]) {
      for (const [key, message] of Object.entries(catalogue)) {
        // Braces that are meant as such are quoted.
        assert.notInclude(message.replace(/'[{}]+[^']*'/g, ''), "'", key)
      }
    }
  })

  test('plurals have the forms of their language', async ({ assert }) => {
    for (const [locale, messages] of Object.entries(await catalogues())) {
      const { pluralCategories } = new Intl.PluralRules(locale).resolvedOptions()
      // French "many" is for millions, which no text of ours counts.
      const wanted = pluralCategories.filter((category) => category !== 'many').sort()
      for (const [key, message] of Object.entries(messages)) {
        visit(parsed(message), ({ type, options }) => {
          // An exact number may have words of its own, such as "nothing" for none; those for one stand for that form.
          const given = Object.keys(options ?? {}).map((form) => (form === '=1' ? 'one' : form))
          const forms = new Set(
            given.filter((form) => !form.startsWith('=') && (wanted as string[]).includes(form))
          )
          if (type === 6) assert.deepEqual([...forms].sort(), wanted, `${locale} ${key}`)
        })
      }
    }
  })

  test('each kind has words for everybody, each cause for staff', async ({ assert }) => {
    for (const catalogue of Object.values(await catalogues())) {
      for (const kind of [...KINDS, 'digest', 'test']) {
        const has = (part: string) => Boolean(catalogue[`notifications.kinds.${kind}.${part}`])
        assert.isTrue(has('title'), kind)
        assert.isTrue(has('all') || (has('staff') && has('owner') && has('master')), kind)
      }
      for (const cause of KNOWN_CAUSES) assert.isString(catalogue[`notifications.why.${cause}`], cause)
    }
  })

  test('no text of a message is unused', async ({ assert }) => {
    const { en } = await catalogues()
    const kinds = new Set<string>([...KINDS, 'digest', 'test'])
    for (const key of Object.keys(en).filter((one) => one.startsWith('notifications.kinds.'))) {
      assert.isTrue(kinds.has(key.split('.')[2]), key)
    }
    const folder = new URL('../../../app/notifications/', import.meta.url)
    const files = (await readdir(folder)).filter((name) => name.startsWith('wording'))
    const code = (await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n')
    for (const key of Object.keys(en).filter((one) => /^(notifications|mail)\./.test(one))) {
      const [, group, word] = key.split('.')
      if (['kinds', 'why', 'jobs', 'receivers', 'severity'].includes(group)) continue
      assert.include(code, (word ?? group).replace(/At$/, ''), key)
    }
  })
})
