import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { OrganizationFactory } from '#database/factories/organization_factory'
import Connection from '#models/connection'
import { beginAuthorization } from '#oauth/authorization'
import { finishConnect } from '#services/connect_flow'
import { Simulator } from '#simulator/simulator'
import { simulatorTransport } from '#simulator/transport'
import { contractProviders } from '#tests/helpers/contract_fixture'
import { engineFixture, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR
const redirectUri = 'https://app.example/callback'
const manual = { kind: 'manual' } as const

/** The shipped definitions against the simulated vendors, with a person who agrees to everything. */
async function scene({ cleanup }: TestContext) {
  let fixture: EngineFixture | null = null
  const clock = {
    now: () => fixture?.clock.now() ?? NOW,
    monotonic: () => fixture?.clock.monotonic() ?? 0,
  }
  const simulator = await Simulator.start({ clock })
  cleanup(() => simulator.close())
  const providers = contractProviders({ slack: { authorization_params: { user_scope: 'users:read' } } })
  const transport = simulatorTransport(simulator, { clock })
  fixture = await engineFixture('sqlite', (work) => cleanup(work), { engine: { providers, transport } })
  const { engine } = fixture
  const organization = await OrganizationFactory.create()
  const connect = async (id: string) => {
    const provider = providers.get(id)
    const begun = beginAuthorization({ provider, server: provider.server, redirectUri, config: {} })
    const answer = await fetch(simulator.urlFor(begun.url) ?? '', { redirect: 'manual' })
    const pending = {
      ...begun.pending,
      organizationId: organization.id,
      userId: organization.id,
      reconnect: null,
      returnTo: '',
      startedAt: NOW,
    }
    const url = answer.headers.get('location') ?? ''
    const fallback = { owner: 'me@example.com', accountId: 'me@example.com' }
    return finishConnect(engine, { provider, pending, url, fallback })
  }
  return { simulator, engine, connect, clock: fixture.clock }
}

test.group('Connecting at the simulated vendors', (group) => {
  group.each.timeout(20_000)

  test('Facebook: a token of sixty days and the pages; an exchange that extends nothing is told', async (context) => {
    const { assert } = context
    const { simulator, engine, connect, clock } = await scene(context)
    const vendor = simulator.vendor('meta')
    vendor.account(vendor.consenting).addChild('p1', 'Bakery')
    const result = await connect('meta')
    assert.deepInclude(result, { ok: true })
    const [person, page] = await Connection.query().orderBy('provider')
    assert.deepEqual([person.provider, page.provider], ['meta', 'meta_page'])
    assert.equal(page.parentId, person.id)
    assert.isAbove(person.tokenExpiresAt?.toMillis() ?? 0, NOW + 59 * DAY)
    assert.isNull(page.tokenExpiresAt)
    clock.advance(54 * DAY)
    const outcome = await engine.refresh.refreshOne(person.id, manual)
    assert.deepInclude(outcome, { status: 'skipped', reason: 'not_extended' })
    await page.refresh()
    assert.equal(page.status, 'connected')
    assert.equal(await engine.deadlines.write(), 1)
  })

  test('Slack: the bot and the user are two chains that refresh apart', async (context) => {
    const { assert } = context
    const { engine, connect } = await scene(context)
    const result = await connect('slack')
    assert.deepInclude(result, { ok: true })
    const both = await Connection.query().orderBy('provider')
    assert.deepEqual(
      both.map(({ provider }) => provider),
      ['slack', 'slack_user']
    )
    for (const { id } of both) assert.equal((await engine.refresh.refreshOne(id, manual)).status, 'refreshed')
  })

  test('Instagram: nothing is sent before a day has passed, then the token lives on', async (context) => {
    const { assert } = context
    const { engine, connect, clock } = await scene(context)
    assert.deepInclude(await connect('instagram'), { ok: true })
    const [account] = await Connection.all()
    assert.isAbove(account.tokenExpiresAt?.toMillis() ?? 0, NOW + 59 * DAY)
    clock.advance(DAY - 1)
    assert.deepInclude(await engine.refresh.refreshOne(account.id, manual), { reason: 'too_young' })
    clock.advance(1)
    const outcome = await engine.refresh.refreshOne(account.id, manual)
    assert.deepEqual([outcome.status, outcome.reason], ['refreshed', 'refreshed'], JSON.stringify(outcome))
  })
})
