/**
 * The example file that ships with the application: every provider in it connects, refreshes on the real path and is
 * told to reconnect when its grant is dead, against servers that speak as the documentation of each says.
 */
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { beginAuthorization } from '#oauth/authorization'
import { buildProviders } from '#oauth/build_providers'
import { readProvidersFile } from '#oauth/providers_file'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import { finishConnect } from '#services/connect_flow'
import { Simulator } from '#simulator/simulator'
import { contractFixture } from '#tests/helpers/contract_fixture'
import { TestClock } from '#tests/helpers/engine_fixture'
import { exampleDialects } from '#tests/helpers/example_dialects'

const FILE = app.makePath('docs/providers.example.json')
const entries = await readProvidersFile(FILE)
const providers = buildProviders({
  builtIn: [],
  clients: {},
  file: entries,
  allowPrivate: false,
  secretFromEnv: (name) => `secret-of-${name.replace(/_CLIENT_SECRET$/, '').toLowerCase()}`,
})

/** What a person would type where a provider asks for something. */
const CONFIG: Record<string, Record<string, string>> = {
  shopify: { shop: 'acme-store' },
  zendesk: { subdomain: 'acme' },
  salesforce: { login_host: 'login.salesforce.com' },
  entra: { tenant: 'acme.onmicrosoft.com' },
  auth0_api: { domain: 'acme.us.auth0.com', audience: 'https://api.acme.example' },
  okta: { domain: 'acme.okta.com' },
  zoho: { region: 'eu' },
}
/** What must be known of a connection afterwards. */
const METADATA: Record<string, Record<string, string>> = {
  salesforce: { instance_url: 'https://acme.my.salesforce.com' },
  tiktok: { open_id: 'open-1001' },
  quickbooks: { realm_id: '9130347596842384' },
  pipedrive: { api_domain: 'https://acme.pipedrive.com' },
  zoho: { api_domain: 'https://www.zohoapis.eu' },
}

async function begin({ cleanup }: TestContext) {
  const clock = new TestClock()
  const pages = Object.fromEntries(Object.entries(entries).map(([id, { docs = '' }]) => [id, docs]))
  const simulator = await Simulator.start({ clock, dialects: exampleDialects(pages) })
  return contractFixture((work) => cleanup(work), {
    clock,
    simulator,
    providers: new ProviderRegistry(providers),
  })
}

type Fixture = Awaited<ReturnType<typeof begin>>

/** From the consent page to the row; returns the connection's id. */
async function connect({ assert }: TestContext, fixture: Fixture, provider: Provider): Promise<string> {
  const { engine, simulator, clock, organizationId } = fixture
  const config = CONFIG[provider.id] ?? {}
  const redirectUri = `https://evergrant.example/connect/${provider.id}/callback`
  const begun = beginAuthorization({ provider, server: provider.server, redirectUri, config })
  const address = simulator.urlFor(begun.url)
  assert.isNotNull(address, `nobody stands for ${begun.url}`)
  const answer = await fetch(address ?? '', { redirect: 'manual' })
  assert.equal(answer.status, 302, `${begun.url} is refused: ${await answer.text()}`)
  const pending = {
    ...begun.pending,
    organizationId,
    userId: 'ana',
    reconnect: null,
    returnTo: '',
    startedAt: clock.now(),
  }
  const url = answer.headers.get('location') ?? ''
  const result = await finishConnect(engine, {
    provider,
    pending,
    url,
    fallback: { owner: 'ana', accountId: 'ana' },
  })
  if (!result.ok) return assert.fail(JSON.stringify(result)) as never
  return result.saved.connectionId
}

/** A token that somebody else got, as an import line brings it. */
async function importOne({ engine, organizationId }: Fixture, provider: Provider): Promise<string> {
  const { connectionId } = await engine.connections.importOne(organizationId, {
    provider: provider.id,
    owner: 'ana',
    providerAccountId: 'ana',
    username: null,
    accessToken: new Secret('an older token'),
    refreshToken: null,
    tokenSecret: null,
    tokenType: 'oauth2',
    tokenExpiresAt: null,
    scopes: [],
    config: CONFIG[provider.id] ?? {},
    tags: [],
  })
  return connectionId
}

test.group('Example providers', (group) => {
  group.each.timeout(20_000)

  test('there are many, each with the page that its facts come from, and none of them is built in', ({
    assert,
  }) => {
    assert.isAtLeast(providers.length, 15)
    for (const { id, docs, client } of providers) {
      assert.match(docs ?? '', /^https:\/\//, id)
      assert.equal(client?.client_id, 'your-client-id', id)
    }
  })

  for (const provider of providers.filter(({ grantType }) => grantType === 'authorization_code')) {
    test(`${provider.id}: connects and refreshes with requests that its documentation asks for`, async (context) => {
      const { assert } = context
      const fixture = await begin(context)
      const { simulator, engine } = fixture
      const id = await connect(context, fixture, provider)
      const vendor = simulator.vendor(provider.id)
      const account = vendor.account(vendor.consenting)
      assert.equal(await fixture.stored(id, 'access_token'), account.living('access')?.value)
      const row = await fixture.row(id)
      assert.deepInclude(JSON.parse(String(row.metadata)), METADATA[provider.id] ?? {})
      assert.deepEqual(JSON.parse(String(row.config)), CONFIG[provider.id] ?? {})
      if (provider.id === 'mailchimp') {
        assert.deepInclude(row, { refresh_token: null, token_expires_at: null, next_refresh_at: null })
      } else {
        const outcome = await engine.refresh.refreshOne(id, { kind: 'manual', force: true })
        assert.equal(outcome.status, 'refreshed', `${outcome.reason} ${outcome.errorCode}`)
        assert.equal(await fixture.stored(id, 'access_token'), account.living('access')?.value)
        assert.equal(await fixture.stored(id, 'refresh_token'), account.living('refresh')?.value)
        assert.equal(account.refreshes, 1)
        assert.isTrue(Number((await fixture.row(id)).next_refresh_at) > fixture.clock.now())
      }
      assert.deepEqual(simulator.log.misshapen, [])
    })

    if (provider.id === 'mailchimp') continue
    test(`${provider.id}: a dead grant is a strike, and the last one asks a person to reconnect`, async (context) => {
      const { assert } = context
      const fixture = await begin(context)
      const { simulator, engine, clock } = fixture
      const id = await connect(context, fixture, provider)
      const vendor = simulator.vendor(provider.id)
      for (let strike = 1; strike <= provider.refresh.strikes; strike++) {
        vendor.account(vendor.consenting).say('dead')
        const outcome = await engine.refresh.refreshOne(id, { kind: 'manual', force: true })
        assert.equal(outcome.reason, 'rejected')
        clock.advance(15 * 60_000)
      }
      assert.deepInclude(await fixture.row(id), { status: 'needs_reauth', is_active: 0 })
      assert.deepEqual(simulator.log.misshapen, [])
    })
  }

  for (const provider of providers.filter(({ grantType }) => grantType === 'client_credentials')) {
    test(`${provider.id}: renews without a refresh token`, async (context) => {
      const { assert } = context
      const fixture = await begin(context)
      const id = await importOne(fixture, provider)
      const outcome = await fixture.engine.refresh.refreshOne(id, { kind: 'manual', force: true })
      assert.equal(outcome.status, 'refreshed', `${outcome.reason} ${outcome.errorCode}`)
      assert.notEqual(await fixture.stored(id, 'access_token'), 'an older token')
      assert.isNull(await fixture.stored(id, 'refresh_token'))
      assert.deepEqual(fixture.simulator.log.misshapen, [])
    })
  }
})
