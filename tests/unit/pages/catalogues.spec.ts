import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { bareWords, templates, textUsers } from '#tests/helpers/page_texts'

/** These are spoken by the notifications, which put the names together in many ways; their own test watches them. */
const SPOKEN_ELSEWHERE = /^(notifications|mail)\./

/** Names and marks that are alike in every language. */
const ALIKE: readonly (string | RegExp)[] = ['Evergrant', /^&(?:middot|nbsp|ndash|hellip);$/]

async function keys(): Promise<string[]> {
  const i18n = await app.container.make('i18n')
  return Object.keys(i18n.getTranslationsFor('en'))
}

test.group('The texts of pages', () => {
  test('each text that a page asks for exists', async ({ assert }) => {
    const known = new Set(await keys())
    const wanted = (await textUsers()).flatMap(({ path, text }) =>
      [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => ({ path, key }))
    )
    assert.isAbove(wanted.length, 100)
    assert.deepEqual(
      wanted.filter(({ key }) => !known.has(key)),
      []
    )
  })

  test('no text lies unused in the catalogues', async ({ assert }) => {
    const code = (await textUsers()).map(({ text }) => text).join('\n')
    const literals = new Set([...code.matchAll(/['"`]([a-z_]\w*(?:\.[\w]+)+)['"`]/g)].map(([, key]) => key))
    const prefixes = [
      ...new Set([...code.matchAll(/['`]([a-z_]\w*\.(?:[\w.]*\.)?)(?:\$\{|')/g)].map(([, prefix]) => prefix)),
    ]
    const unused = (await keys()).filter(
      (key) =>
        !SPOKEN_ELSEWHERE.test(key) &&
        !literals.has(key) &&
        !prefixes.some((prefix) => key.startsWith(prefix))
    )
    assert.deepEqual(unused, [])
  })

  test('no template has words of its own', async ({ assert }) => {
    const isAlike = (word: string) =>
      ALIKE.some((one) => (typeof one === 'string' ? one === word : one.test(word)))
    // The API speaks English, and so does its reference.
    const isReference = ({ path }: { path: string }) => /\/(api_reference\.edge|reference\/)/.test(path)
    const found = (await templates())
      .filter((template) => !isReference(template))
      .flatMap((template) =>
        bareWords(template)
          .filter((word) => !isAlike(word))
          .map((word) => `${template.path}: ${word}`)
      )
    assert.deepEqual(found, [])
  })
})
