/**
 * CONTRIBUTING's "A new provider, in three steps", followed to the letter: the examples are read out of that text, so
 * that a step that no longer works fails here.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { beginAuthorization } from '#oauth/authorization'
import { buildProviders } from '#oauth/build_providers'
import { BUILT_IN_PROVIDERS } from '#oauth/providers/built_in'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import { finishConnect } from '#services/connect_flow'
import { genericDialect, STANDARD_FAILURES } from '#simulator/dialects/generic'
import { Simulator } from '#simulator/simulator'
import { contractFixture } from '#tests/helpers/contract_fixture'
import { TestClock } from '#tests/helpers/engine_fixture'
import { Installation } from '#tests/helpers/installation'
import { TokenServer } from '#tests/helpers/token_server'

const FOLDER = app.makePath(`tmp/new-provider-${process.pid}`)
const client = { id: 'your-client-id', secret: 'the-secret-of-acme' }

/** The first block of this language in CONTRIBUTING's section. */
function example(language: 'json' | 'ts'): string {
  const text = readFileSync(app.makePath('CONTRIBUTING.md'), 'utf8')
  const section = text.slice(text.indexOf('## A new provider, in three steps'))
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)
  return block?.[1] ?? ''
}

/** Step 3: how Acme's documentation says that requests look, and what its answers mean. */
const dialect = genericDialect({
  id: 'acme',
  page: 'https://developers.acme.example/oauth',
  client,
  authorize: { url: 'https://login.acme.example/authorize', params: { scope: /^read$/ } },
  code: {
    url: 'https://login.acme.example/token',
    client: 'basic',
    answer: (told) => ({
      access_token: told.access,
      refresh_token: told.refresh,
      expires_in: told.expiresIn,
    }),
  },
  refresh: {},
  failures: [
    ...STANDARD_FAILURES,
    {
      name: 'closed',
      case: 'other',
      at: ['token'],
      class: 'rejected',
      status: 403,
      body: { error: 'account_closed' },
    },
  ],
})

test.group('A new provider in three steps', (group) => {
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('built in: from a definition file to a refreshed connection', async ({ assert, cleanup }) => {
    mkdirSync(FOLDER, { recursive: true })
    const path = `${FOLDER}/acme.ts`
    writeFileSync(path, example('ts'))
    const { default: definition } = (await import(pathToFileURL(path).href)) as { default: Provider }

    const acme = { client_id: client.id, client_secret: new Secret(client.secret) }
    const [builtIn, clients] = [[...BUILT_IN_PROVIDERS, definition], { acme }]
    const secretFromEnv = () => undefined
    const built = buildProviders({ builtIn, clients, file: null, allowPrivate: false, secretFromEnv })
    const providers = new ProviderRegistry(built)
    const provider = providers.get('acme')

    const clock = new TestClock()
    const simulator = await Simulator.start({ clock, dialects: [dialect] })
    const { engine, stored, organizationId, row } = await contractFixture((work) => cleanup(work), {
      clock,
      simulator,
      providers,
    })
    const redirectUri = 'https://evergrant.example/connect/acme/callback'
    const begun = beginAuthorization({ provider, server: provider.server, redirectUri })
    const consent = await fetch(simulator.urlFor(begun.url) ?? '', { redirect: 'manual' })
    const saved = await finishConnect(engine, {
      provider,
      url: consent.headers.get('location') ?? '',
      fallback: { owner: 'ana', accountId: 'ana' },
      pending: { ...begun.pending, organizationId, reconnect: null, startedAt: clock.now() },
    })
    if (!saved.ok) return assert.fail(JSON.stringify(saved))
    const id = saved.saved.connectionId
    const first = await stored(id, 'refresh_token')
    const outcome = await engine.refresh.refreshOne(id, { kind: 'manual', force: true })
    assert.equal(outcome.status, 'refreshed')
    const account = simulator.vendor('acme').account('1001')
    assert.equal(await stored(id, 'refresh_token'), account.living('refresh')?.value)
    assert.notEqual(await stored(id, 'refresh_token'), first)

    account.say('closed')
    const closed = await engine.refresh.refreshOne(id, { kind: 'manual', force: true })
    assert.equal(closed.reason, 'rejected')
    assert.equal((await row(id)).error_code, 'account_closed')
    assert.deepEqual(simulator.log.misshapen, [])
  }).timeout(20_000)

  test('without code: from a file to a refreshed connection of a real installation', async ({
    assert,
    cleanup,
  }) => {
    const server = await TokenServer.start()
    cleanup(() => server.close())
    server.clientSecret = client.secret
    // Only the addresses differ from the example: its server is on this machine.
    const text = example('json')
      .replace('https://login.acme.example/token', server.url)
      .replace('"your-client-id"', '"client"')
    const installation = await Installation.create((work) => cleanup(work), {
      environment: { ALLOW_PRIVATE_PROVIDERS: 'true', ACME_CLIENT_SECRET: client.secret },
    })
    installation.environment.PROVIDERS_FILE = await installation.write('providers.json', text)
    assert.deepInclude(await installation.ace('migration:run', '--force'), { code: 0 })
    const line = {
      provider: 'acme',
      owner: 'ana',
      access_token: 'an-older-token',
      refresh_token: server.grant('ana'),
      token_expires_at: '2026-01-01T00:00:00Z',
    }
    const file = await installation.write('connections.ndjson', JSON.stringify(line))
    const imported = await installation.ace('connection:import', file, '--json')
    assert.deepInclude(JSON.parse(imported.stdout), { imported: 1, failed: 0 })
    const refreshed = await installation.ace('token:refresh', '--provider=acme', '--json')
    assert.equal(refreshed.code, 0, refreshed.stderr)
    assert.deepInclude(JSON.parse(refreshed.stdout), { total: 1, refreshed: 1, failed: 0 })
    assert.equal(server.refreshes.get('ana'), 1)

    // The web process starts with it, too.
    assert.match(await installation.serve(), /Sign in/)
  }).timeout(90_000)

  test('without code: a mistake stops the start with a sentence that names field and remedy', async ({
    assert,
    cleanup,
  }) => {
    const installation = await Installation.create((work) => cleanup(work))
    const text = example('json').replace('"token_endpoint"', '"token_endpont"')
    installation.environment.PROVIDERS_FILE = await installation.write('providers.json', text)
    await installation.ace('migration:run', '--force')
    const refused = await installation.ace('connection:list')
    assert.equal(refused.code, 1)
    assert.include(
      refused.stderr,
      'acme: "token_endpont" is not a field of a provider; did you mean "token_endpoint"?'
    )
  }).timeout(60_000)
})
