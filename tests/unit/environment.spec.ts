/**
 * The environment has one list: what `start/env.ts` checks, `.env.example` names and the documents mention.
 */
import { existsSync, readdirSync } from 'node:fs'
import { test } from '@japa/runner'
import ts from 'typescript'
import { duration, graphVersion, traceUrl } from '#start/env_rules'
import { parseSource, readText, visit } from '#tests/helpers/source_tree'

/** Names that the example or the documents may mention without `start/env.ts` checking them. */
const FOREIGN = new Set([
  'TEST_DATABASE_URL',
  'CI',
  // Read by the framework: the folder of the file `.env`.
  'ENV_PATH',
  'ACME_CLIENT_SECRET',
  'EVERGRANT_SIGNING_SECRET',
  'FAULT_GRANTS',
  'FAULT_TRIALS',
  'FAULT_REPORT',
])

/** The keys of the object that is given to `Env.create`. */
function checkedNames(): string[] {
  const names: string[] = []
  visit(parseSource('start/env.ts', readText('start/env.ts')).tree, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'Env.create') return
    const rules = node.arguments[1]
    if (ts.isObjectLiteralExpression(rules))
      names.push(...rules.properties.map((rule) => rule.name!.getText()))
  })
  return names
}

function variablesIn(file: string): [string, string][] {
  return [...readText(file).matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name, value])
}

function documents(): string[] {
  const folder = existsSync('docs') ? readdirSync('docs', { recursive: true, encoding: 'utf8' }) : []
  const pages = folder.map((name) => `docs/${name}`)
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages].filter(
    (name) => name.endsWith('.md') && existsSync(name)
  )
}

/** Words in backticks or shell examples that look like a variable of ours. */
function namesIn(text: string): string[] {
  const code = [...text.matchAll(/`[^`]+`|^```[^]*?^```/gm)].map(([part]) => part).join('\n')
  return [...code.matchAll(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g)].map(([name]) => name)
}

test.group('Environment', () => {
  const checked = checkedNames()
  const example = variablesIn('.env.example')

  test('each variable that is checked stands in .env.example', ({ assert }) => {
    const named = example.map(([name]) => name)
    assert.isAbove(checked.length, 20)
    assert.deepEqual(
      checked.filter((name) => !named.includes(name)),
      []
    )
  })

  test('each variable of .env.example is checked, and stands there once', ({ assert }) => {
    const named = example.map(([name]) => name)
    assert.deepEqual(
      named.filter((name) => !checked.includes(name)),
      []
    )
    assert.lengthOf(new Set(named), named.length)
  })

  test('the test environment sets only variables that exist', ({ assert }) => {
    const unknown = variablesIn('.env.test').filter(([name]) => !checked.includes(name))
    assert.deepEqual(unknown, [])
  })

  test('.env.example holds no secret', ({ assert }) => {
    const secret = example.filter(([name]) => /(SECRET|KEY|KEYS|PASSWORD|TOKEN)$/.test(name))
    assert.isNotEmpty(secret)
    assert.deepEqual(
      secret.filter(([, value]) => value !== ''),
      []
    )
    const long = example.filter(([, value]) => /[A-Za-z0-9+/_=-]{24,}/.test(value) && !value.includes(':'))
    assert.deepEqual(long, [])
  })

  test('each variable that the documents name exists', ({ assert }) => {
    const pages = documents()
    assert.include(pages, 'README.md')
    const unknown = pages.flatMap((page) =>
      namesIn(readText(page))
        .filter((name) => !checked.includes(name) && !FOREIGN.has(name))
        .map((name) => `${page}: ${name}`)
    )
    assert.deepEqual(unknown, [])
  })
})

test.group('Environment | durations', () => {
  const check = duration.optional()

  for (const [text, milliseconds] of [
    ['500ms', 500],
    ['20s', 20_000],
    ['1.5m', 90_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
  ] as const) {
    test(`"${text}" is ${milliseconds} ms`, ({ assert }) => {
      assert.equal(check('SWEEP', text), milliseconds)
    })
  }

  test('an absent or empty duration leaves the default', ({ assert }) => {
    assert.isUndefined(check('SWEEP'))
    assert.isUndefined(check('SWEEP', ''))
  })

  for (const text of ['20', '0s', '-5m', 'soon', '5 weeks', '1e3s', 'Infinity', '5m later']) {
    test(`"${text}" is refused with the name of the variable`, ({ assert }) => {
      assert.throws(
        () => check('SWEEP', text),
        /^SWEEP must be a duration such as 500ms, 20s, 15m or 12h, not "/
      )
    })
  }
})

test.group('Environment | version of the Graph API', () => {
  const check = graphVersion.optional()

  test('a version is taken as it is, and none leaves the default', ({ assert }) => {
    assert.equal(check('META_GRAPH_VERSION', 'v26.0'), 'v26.0')
    assert.isUndefined(check('META_GRAPH_VERSION', ''))
    assert.isUndefined(check('META_GRAPH_VERSION'))
  })

  for (const text of ['26.0', 'v26', 'latest', 'v26.0/me', 'v26.0?x=1', ' v26.0']) {
    test(`"${text}" is refused with the name of the variable`, ({ assert }) => {
      assert.throws(() => check('META_GRAPH_VERSION', text), /^META_GRAPH_VERSION must be a version/)
    })
  }
})

test.group('Environment | where traces are shown', () => {
  const check = traceUrl.optional()

  test('a web address with the place of the id is taken as it is, and none leaves no link', ({ assert }) => {
    const address = 'https://traces.example/search?q={trace_id}&org=1'
    assert.equal(check('TRACE_URL', address), address)
    assert.isUndefined(check('TRACE_URL', ''))
    assert.isUndefined(check('TRACE_URL'))
  })

  for (const text of [
    'https://traces.example/trace/',
    'traces.example/trace/{trace_id}',
    'javascript:alert("{trace_id}")',
    '{trace_id}',
  ]) {
    test(`"${text}" is refused with the name of the variable`, ({ assert }) => {
      assert.throws(
        () => check('TRACE_URL', text),
        /^TRACE_URL must be a web address with \{trace_id\} in it/
      )
    })
  }
})
