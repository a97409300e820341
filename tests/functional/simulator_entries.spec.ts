import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { accountRequest, profileEndpoint, readAccount } from '#oauth/account'
import { Secret } from '#oauth/secret'
import { revocationRequest } from '#oauth/token_endpoint'
import { createTransport } from '#oauth/transport'
import { entriesFor } from '#simulator/entries'
import { Simulator } from '#simulator/simulator'
import { contractFixture, contractProviders } from '#tests/helpers/contract_fixture'
import { TestClock } from '#tests/helpers/engine_fixture'

/** Definitions whose endpoints an operator has overridden, over a transport that knows nothing of the simulator. */
async function overridden({ cleanup }: TestContext, id: string) {
  const clock = new TestClock()
  const simulator = await Simulator.start({ clock })
  const providers = contractProviders(entriesFor(simulator, contractProviders().all()), true)
  const transport = createTransport({ clock })
  const options = { clock, simulator, providers, transport }
  const fixture = await contractFixture((work) => cleanup(work), options)
  return { fixture, provider: providers.get(id) }
}

const send = { deadline: 5_000, allowPrivate: true }

test.group('PROVIDERS_FILE that leads every provider to the simulator', (group) => {
  group.each.timeout(20_000)

  for (const { id, refresh, server, revocationRequest: ownRevocation } of contractProviders().all()) {
    if (refresh.supported) {
      test(`${id}: its refresh follows the overridden endpoints`, async (context) => {
        const { fixture, provider } = await overridden(context, id)
        const { id: connection, account } = await fixture.connect(provider)
        const outcome = await fixture.engine.refresh.refreshOne(connection, { kind: 'manual' })
        context.assert.equal(outcome.status, 'refreshed', `${outcome.reason} ${outcome.errorCode}`)
        context.assert.equal(account.refreshes, 1)
        context.assert.deepEqual(fixture.simulator.log.misshapen, [])
      })
    }

    test(`${id}: its validation and profile follow the overridden endpoints`, async (context) => {
      const { fixture, provider } = await overridden(context, id)
      const { access } = await fixture.connect(provider, 0)
      const accessToken = new Secret(access.value)
      const input = { provider, accessToken, accountId: null, config: {}, metadata: {} }
      const endpoints = [provider.validation, profileEndpoint(provider, provider.server)]
      for (const endpoint of endpoints.filter((one) => one !== null)) {
        const exchange = await fixture.engine.transport.send(accountRequest(endpoint, input), send)
        const result = readAccount(provider, endpoint, exchange, [accessToken])
        context.assert.isTrue(result.ok, JSON.stringify(result))
      }
    })

    if (server.revocation_endpoint === undefined && ownRevocation === null) continue
    test(`${id}: its revocation follows the overridden endpoint`, async (context) => {
      const { fixture, provider } = await overridden(context, id)
      const { access, refresh: renewing } = await fixture.connect(provider, 0)
      const token = provider.revokes === 'access_token' || !renewing ? access : renewing
      const hint = `${token.kind}_token` as const
      const query = {
        provider,
        token: new Secret(token.value),
        hint,
        config: {},
        metadata: {},
      }
      const request = revocationRequest(query, provider.server)
      const exchange = request && (await fixture.engine.transport.send(request, send))
      context.assert.isTrue(exchange?.ok && exchange.status < 300, JSON.stringify(exchange))
      context.assert.isFalse(token.live)
    })
  }
})
