/**
 * The rules T1 to T10, X1 to X8 and M1 to M6 of the specification: each has a functional test whose title begins with it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../functional/features/', import.meta.url))

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
const RULES = [...numbered('T', 10), ...numbered('X', 8), ...numbered('M', 6)]

const titles = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.spec.ts'))
  .flatMap((name) =>
    [...readFileSync(`${FOLDER}${name}`, 'utf8').matchAll(/^\s*test\(\s*['"`](.+?)['"`],/gm)].map(
      ([, title]) => title
    )
  )

const ruleOf = (title: string) => /^([TXM]\d+): /.exec(title)?.[1] ?? null

test.group('Rules of the specification', () => {
  test('each has a test that is named after it, and no test is named after a rule that does not exist', ({
    assert,
  }) => {
    const named = new Set(titles.map(ruleOf))
    assert.deepEqual(
      [...named].filter((rule) => rule === null || !RULES.includes(rule)),
      []
    )
    assert.deepEqual(
      RULES.filter((rule) => !named.has(rule)),
      []
    )
  })

  test('none waits for something that is yet to be built', ({ assert }) => {
    assert.deepEqual(
      titles.filter((title) => title.includes('comes with')),
      []
    )
  })
})
