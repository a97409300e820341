import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { TokenRefreshError } from '#exceptions/token_refresh_error'
import { TokenManager } from '#services/token_manager/token_manager'
import { engineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'
import { readText } from '#tests/helpers/source_tree'
import { managerFixture } from '#tests/helpers/token_manager_fixture'

const PAGE = 'docs/tokens.md'
const examples = [...readText(PAGE).matchAll(/^## (.+)$|^```ts\n([^]*?)^```/gm)].reduce<[string, string][]>(
  (found, [, title, code]) => {
    const section = found.at(-1)?.[0] ?? ''
    return code ? [...found, [section, code]] : [...found, [title, '']]
  },
  []
)
const runnable = examples.filter(([, code]) => code !== '')

/** Runs an example as it stands, except that what it imports is handed to it. */
async function run(code: string, imports: Record<string, unknown>): Promise<string[]> {
  const printed: string[] = []
  const print = { log: (...values: unknown[]) => void printed.push(values.map(String).join(' ')) }
  const named = [...code.matchAll(/^import \{? ?(\w+) ?\}? from '.+'$/gm)].map(([, name]) => name)
  const body = code.replaceAll(/^import .+$/gm, '')
  const example = new Function(...named, 'console', `return (async () => {${body}})()`)
  await example(...named.map((name) => imports[name]), print)
  return printed
}

test.group('The page about the token manager', (group) => {
  group.each.timeout(20_000)

  for (const [section, code] of runnable) {
    test(`its example "${section}" runs`, async ({ assert, cleanup }) => {
      const fixture = await engineFixture('sqlite', cleanup, { provider: { id: 'twitch' } })
      const { tokens } = await managerFixture('sqlite', fixture, cleanup)
      const life = { provider: 'twitch', token_expires_at: NOW + HOUR }
      await fixture.connect('ana', life)
      await fixture.connect('bob', { ...life, status: 'needs_reauth' })
      const printed = await run(code, { tokens, ReAuthRequiredError, TokenRefreshError })
      assert.notInclude(printed.join('\n'), 'first-')
      if (section === 'Errors') assert.match(printed.join(), /^reauth_required [0-9a-f-]{36} \/accounts\//)
      if (section === 'By hand') assert.deepEqual(printed, ['unknown no_validation', 'refreshed refreshed'])
    })
  }

  test('it has an example of each call', ({ assert }) => {
    const code = runnable.map(([, text]) => text).join('\n')
    const calls = Object.getOwnPropertyNames(TokenManager.prototype).filter(
      (name) => !['constructor', 'close'].includes(name)
    )
    assert.isAbove(calls.length, 4)
    assert.deepEqual(
      calls.filter((name) => !code.includes(`tokens.${name}(`)),
      []
    )
  })

  test('it names each code of the two errors', ({ assert }) => {
    const page = readText(PAGE)
    const sources = ['re_auth_required_error', 'token_refresh_error'].map((name) =>
      readText(`app/exceptions/${name}.ts`)
    )
    const codes = sources.flatMap((text) => [...text.matchAll(/^ {2}(\w+): '/gm)].map(([, code]) => code))
    assert.isAtLeast(codes.length, 8)
    for (const code of codes) assert.include(page, `\`${code}\``)
  })

  test('the import of the examples gives the token manager of the application', async ({ assert }) => {
    const { default: tokens } = await import('#services/tokens')
    assert.instanceOf(tokens, TokenManager)
    assert.strictEqual(tokens, await app.container.make('tokens'))
  })
})
