import { test } from '@japa/runner'
import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import { credentialFingerprint } from '#vault/vault'
import { engineFixture, type EngineFixture } from '#tests/helpers/engine_fixture'
import { GraphServer, graphProviders } from '#tests/helpers/graph_server'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { managerFixture, type ManagerFixture } from '#tests/helpers/token_manager_fixture'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
const DAY = 24 * HOUR

test.group('Token manager and derived accounts', (group) => {
  let fixture: EngineFixture
  let graph: GraphServer
  let manager: ManagerFixture
  group.each.timeout(20_000)
  group.each.setup(async (context) => {
    const cleanup = (work: () => Promise<void>) => context.cleanup(work)
    graph = await GraphServer.start()
    cleanup(() => graph.close())
    const providers = new ProviderRegistry(graphProviders(graph))
    fixture = await engineFixture('sqlite', cleanup, { engine: { providers } })
    manager = await managerFixture('sqlite', fixture, cleanup)
    graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
  })

  /** A person and the page that was derived at the first refresh. */
  async function personWithPage(): Promise<{ person: string; page: string }> {
    const person = await fixture.connect('ana', { refresh_token: null, token_expires_at: NOW + 5 * DAY })
    const token = new Secret('user-1')
    const place = { organizationId: ORGANIZATION, connectionId: person, column: 'access_token' }
    await fixture.update(person, {
      access_token: fixture.vault.seal(token, place),
      credential_fp: credentialFingerprint(person, token),
      last_token_refresh_at: NOW - 55 * DAY,
    })
    await fixture.engine.refresh.refreshOne(person, { kind: 'manual' })
    const [page] = await fixture.all('SELECT id FROM connections WHERE parent_id = ?', [person])
    return { person, page: page.id as string }
  }

  const read = async (connectionId: string) =>
    (
      await manager.tokens.getValidAccessToken({ organizationId: ORGANIZATION, connectionId })
    ).accessToken.reveal()

  test('a derived token without an end is handed out as it is', async ({ assert }) => {
    const { page } = await personWithPage()
    assert.equal(await read(page), 'page-1')
    assert.lengthOf(graph.exchanged, 1)
  })

  test('a derived token that lapsed is derived anew by a refresh of its parent', async ({ assert }) => {
    const { person, page } = await personWithPage()
    await fixture.update(page, { token_expires_at: NOW - MINUTE })
    graph.lists = [[{ id: 'p1', access_token: 'page-2' }]]
    const reads = await Promise.all([read(page), read(page), read(page)])
    assert.deepEqual(reads, ['page-2', 'page-2', 'page-2'])
    assert.lengthOf(graph.exchanged, 2)
    const kinds = (await fixture.attempts(person)).map(({ kind }) => kind)
    assert.sameMembers(kinds, ['manual', 'on_demand'])
  })

  test('where the parent needs a reconnect, the derived token is handed out to its end and no further', async ({
    assert,
  }) => {
    const { person, page } = await personWithPage()
    await fixture.update(person, { status: 'needs_reauth', is_active: false })
    await fixture.update(page, { token_expires_at: NOW + MINUTE })
    assert.equal(await read(page), 'page-1')
    fixture.clock.advance(2 * MINUTE)
    const error = await read(page).catch((reason: unknown) => reason)
    assert.instanceOf(error, ReAuthRequiredError)
    assert.equal((error as ReAuthRequiredError).code, 'reauth_required')
    assert.lengthOf(graph.exchanged, 1)
  })

  test('a refresh by hand of a derived account is one of its parent', async ({ assert }) => {
    const { person, page } = await personWithPage()
    fixture.clock.advance(DAY)
    const outcome = await manager.tokens.refresh({ organizationId: ORGANIZATION, connectionId: page })
    assert.containSubset(outcome, { connectionId: person, status: 'refreshed', reason: 'refreshed' })
  })
})
