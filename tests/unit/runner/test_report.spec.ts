import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

interface Group {
  name: string
}

interface Report {
  begin(group: Group): Group
  hear(group: Group, text: string): void
  end(group: Group, code: number): void
  finish(): number
}

interface Module {
  TestReport: new (stream: { write(text: string): void }, total: number, lanes: number) => Report
}

/** What a run tells whose groups said these texts and ended with these codes. */
async function told(...groups: [text: string, code: number][]) {
  const { TestReport } = (await import(app.makeURL('scripts/test_report.js').href)) as Module
  let text = ''
  const report = new TestReport({ write: (part) => void (text += part) }, groups.length, 2)
  for (const [index, [said, code]] of groups.entries()) {
    const group = report.begin({ name: `part ${index + 1}` })
    report.hear(group, said)
    report.end(group, code)
  }
  const code = report.finish()
  return { code, text, lastLine: text.trim().split('\n').at(-1) ?? '' }
}

const GOOD = '  ✔ one (1ms)\n PASSED \n\nTests  4 passed, 1 skipped (5)\n Time  1s\n'
const BAD =
  '  ✖ two (1ms)\n ERRORS \n\n❯ Vault / two\nℹ Error: hm\n\n FAILED \n\nTests  2 passed, 1 failed (3)\n'

test.group('The report of a test run', () => {
  test('it ends with one line of sums, and with 0 where all is well', async ({ assert }) => {
    const { code, text, lastLine } = await told([GOOD, 0], [GOOD, 0])
    assert.equal(code, 0)
    assert.match(lastLine, /^Passed: 8 passed, 0 failed, 2 skipped, in \d+ s$/)
    assert.include(text, '2 of 2 groups')
  })

  test('what failed is told again at the end, before the sums', async ({ assert }) => {
    const { code, text, lastLine } = await told([BAD, 1], [GOOD, 0])
    assert.equal(code, 1)
    assert.match(lastLine, /^FAILED: 6 passed, 1 failed, 1 skipped/)
    const end = text.slice(text.indexOf('Failed in part 1:'))
    assert.include(end, 'Error: hm')
    assert.notInclude(end, '✔ one')
  })

  test('the sums of each group stand there once, since .ci/run adds them up', async ({ assert }) => {
    const { text } = await told([BAD, 1], [GOOD, 0])
    assert.lengthOf(text.match(/^ *Tests {2}/gm) ?? [], 2)
  })

  test('a group that ends without its sums has failed, whatever its code', async ({ assert }) => {
    const { code, text, lastLine } = await told([GOOD, 0], ['the database is away\n', 0])
    assert.equal(code, 1)
    assert.match(lastLine, /^FAILED: /)
    assert.include(text.slice(text.indexOf('Failed in part 2:')), 'the database is away')
  })
})
