/**
 * The house rules of the code: which way imports point, who may read the environment, the clock and chance, and how
 * long things may get. Each rule is run over the code, and once over an offence, which proves that it can fail.
 */
import { test } from '@japa/runner'
import { HOUSE } from '#tests/helpers/house'
import { parseFolders, parseSource } from '#tests/helpers/source_tree'

const FOLDERS = ['app', 'commands', 'start', 'config', 'providers', 'bin', 'database']
const sources = parseFolders(FOLDERS)

const parseAll = (files: Record<string, string>) =>
  Object.entries(files).map(([path, text]) => parseSource(path, text))

test.group('House rules', () => {
  test('the files of the house are found', ({ assert }) => {
    for (const folder of FOLDERS)
      assert.isTrue(
        sources.some(({ path }) => path.startsWith(`${folder}/`)),
        folder
      )
    assert.isAbove(sources.length, 100)
  })

  for (const { name, rule } of HOUSE) {
    test(name, ({ assert }) => {
      const offences = rule(sources)
      if (offences.length > 0) assert.fail(`${offences.length} against the rule:\n${offences.join('\n')}`)
    })
  }
})

test.group('House rules | proof', () => {
  for (const { name, rule, broken, kept } of HOUSE) {
    test(`notices an offence: ${name}`, ({ assert }) => {
      const offences = rule(parseAll(broken))
      for (const path of Object.keys(broken)) {
        assert.isTrue(
          offences.some((offence) => offence.includes(path)),
          `${path} passed; found: ${offences.join('; ') || 'nothing'}`
        )
      }
      assert.deepEqual(rule(parseAll(kept)), [])
    })
  }
})
