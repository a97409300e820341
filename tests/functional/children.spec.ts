import { setImmediate as aTurnOfTheLoop } from 'node:timers/promises'
import { test } from '@japa/runner'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import type { Engine } from '#services/build_engine'
import type { Row, Value } from '#store/driver'
import { credentialFingerprint } from '#vault/vault'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { GraphServer, graphProviders } from '#tests/helpers/graph_server'
import { outbox, told } from '#tests/helpers/outbox'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const dialects: Dialect[] = ['sqlite', 'postgres']
const manual = { kind: 'manual' } as const
const DAY = 24 * HOUR

for (const dialect of dialects) {
  test.group(`Derived accounts on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let graph: GraphServer
    let engine: Engine
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      graph = await GraphServer.start()
      context.cleanup(() => graph.close())
      const providers = new ProviderRegistry(graphProviders(graph))
      fixture = await engineFixture(dialect, (work) => context.cleanup(work), { engine: { providers } })
      engine = fixture.engine
    })

    /** A person's connection that presents its access token; due now, five days before its end. */
    async function person(account: string, values: Record<string, Value> = {}): Promise<string> {
      const id = await fixture.connect(account, { refresh_token: null, token_expires_at: NOW + 5 * DAY })
      const { organization_id: organizationId } = await fixture.row(id)
      const token = new Secret('user-1')
      const place = { organizationId: organizationId as string, connectionId: id, column: 'access_token' }
      const access = fixture.vault.seal(token, place)
      await fixture.update(id, {
        access_token: access,
        credential_fp: credentialFingerprint(id, token),
        last_token_refresh_at: NOW - 55 * DAY,
        ...values,
      })
      return id
    }

    const pagesOf = (id: string) =>
      fixture.all('SELECT * FROM connections WHERE parent_id = ? ORDER BY provider_account_id', [id])

    function tokenOf(row: Row): string | null {
      const place = {
        organizationId: row.organization_id as string,
        connectionId: row.id as string,
        column: 'access_token',
      }
      const opened = fixture.vault.open(row.access_token as string, place)
      return opened.ok ? opened.secret.reveal() : null
    }

    test('a refresh derives the pages, each under its own row and with its own entry in the log', async ({
      assert,
    }) => {
      graph.lists = [
        [{ id: 'p1', name: 'Bakery', access_token: 'page-1' }],
        [{ id: 'p2', access_token: 'page-2' }],
      ]
      const id = await person('ana')
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.status, 'refreshed')
      assert.deepEqual(graph.asked, ['user-2', 'user-2'])
      const pages = await pagesOf(id)
      assert.deepEqual(pages.map(tokenOf), ['page-1', 'page-2'])
      for (const page of pages) {
        assert.deepInclude(page, {
          provider: 'acme_page',
          owner: 'ana',
          status: 'connected',
          expiry_source: 'never',
          token_expires_at: null,
          next_refresh_at: null,
          token_version: 1,
        })
        const [attempt, ...others] = await fixture.attempts(page.id as string)
        assert.lengthOf(others, 0)
        assert.deepInclude(attempt, { provider: 'acme_page', kind: 'manual', outcome: 'success' })
      }
      assert.equal(pages[0].display_name, 'Bakery')
      assert.isFalse(Boolean((await fixture.row(id)).children_pending))
      assert.lengthOf(await fixture.attempts(id), 1)
    })

    test('a page that stays keeps its version; one with a new token gets the next', async ({ assert }) => {
      graph.lists = [
        [
          { id: 'p1', access_token: 'page-1' },
          { id: 'p2', access_token: 'page-2' },
        ],
      ]
      const id = await person('ana')
      await engine.refresh.refreshOne(id, manual)
      graph.lists = [
        [
          { id: 'p1', access_token: 'page-1' },
          { id: 'p2', access_token: 'page-2b' },
        ],
      ]
      fixture.clock.advance(DAY)
      await engine.refresh.refreshOne(id, manual)
      const pages = await pagesOf(id)
      assert.deepEqual(
        pages.map((page) => [tokenOf(page), page.token_version]),
        [
          ['page-1', 1],
          ['page-2b', 2],
        ]
      )
    })

    test('a page that vanished needs a person, keeps its token, and comes back when it is listed again', async ({
      assert,
    }) => {
      const listed = [
        { id: 'p1', access_token: 'page-1' },
        { id: 'p2', access_token: 'page-2' },
      ]
      graph.lists = [listed]
      const id = await person('ana')
      await engine.refresh.refreshOne(id, manual)
      graph.lists = [[listed[0]]]
      fixture.clock.advance(DAY)
      await engine.refresh.refreshOne(id, manual)
      const [, gone] = await pagesOf(id)
      assert.deepInclude(gone, { status: 'needs_reauth', status_reason: 'page_gone', token_version: 1 })
      assert.equal(tokenOf(gone), 'page-2')
      const last = (await fixture.attempts(gone.id as string)).at(-1)
      assert.deepInclude(last, { outcome: 'failed', failure_class: 'rejected', error_code: 'page_gone' })
      graph.lists = [listed]
      fixture.clock.advance(DAY)
      await engine.refresh.refreshOne(id, manual)
      assert.deepInclude((await pagesOf(id))[1], { status: 'connected', status_reason: null })
      assert.deepEqual(
        fixture.notices.map(({ transition, provider }) => [transition, provider]),
        [
          ['deactivated', 'acme_page'],
          ['recovered', 'acme_page'],
        ]
      )
      assert.deepEqual(await told(fixture), [
        'connection.deactivated urgent page_gone',
        'connection.recovered normal page_gone',
      ])
      const [event] = await outbox(fixture)
      assert.deepInclude(event, { connection_id: gone.id, provider: 'acme_page' })
      assert.deepInclude(event.data, { attemptId: last?.id, parentId: id })
    })

    test('a page that stays away is told of once', async ({ assert }) => {
      graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
      const id = await person('ana')
      await engine.refresh.refreshOne(id, manual)
      graph.lists = [[]]
      for (let day = 0; day < 3; day++) {
        fixture.clock.advance(DAY)
        await engine.refresh.refreshOne(id, manual)
      }
      const [gone] = await pagesOf(id)
      assert.lengthOf(await fixture.attempts(gone.id as string), 2)
    })

    test('a page that is listed without a token is said, and is not taken for gone', async ({ assert }) => {
      graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
      const id = await person('ana')
      await engine.refresh.refreshOne(id, manual)
      graph.lists = [[{ id: 'p1' }, { id: 'p2', access_token: null }]]
      fixture.clock.advance(DAY)
      await engine.refresh.refreshOne(id, manual)
      const [page, ...others] = await pagesOf(id)
      assert.lengthOf(others, 0)
      assert.equal(page.status, 'connected')
      assert.equal(tokenOf(page), 'page-1')
      const last = (await fixture.attempts(page.id as string)).at(-1)
      assert.deepInclude(last, { outcome: 'failed', error_code: 'no_access_token' })
    })

    test('a list that fails leaves the pages owed, and a later try brings them', async ({ assert }) => {
      graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
      graph.next('/accounts', (response) => json(response, 503, { error: { code: 2, message: 'try later' } }))
      const id = await person('ana')
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.status, 'refreshed')
      let parent = await fixture.row(id)
      assert.isTrue(Boolean(parent.children_pending))
      assert.equal(parent.children_failures, 1)
      assert.equal(await engine.children.takeUp(), 0)
      fixture.clock.advance(MINUTE)
      assert.equal(await engine.children.takeUp(), 1)
      parent = await fixture.row(id)
      assert.isFalse(Boolean(parent.children_pending))
      assert.lengthOf(await pagesOf(id), 1)
    })

    test('a page of the list that fails in the middle stores nothing of it', async ({ assert }) => {
      graph.lists = [[{ id: 'p1', access_token: 'page-1' }], [{ id: 'p2', access_token: 'page-2' }]]
      graph.next('/accounts', (response) =>
        json(response, 200, { data: [{ id: 'p1', access_token: 'x' }], next: '1' })
      )
      graph.next('/accounts', (response) => void response.destroy())
      const id = await person('ana')
      await engine.refresh.refreshOne(id, manual)
      assert.lengthOf(await pagesOf(id), 0)
      assert.isTrue(Boolean((await fixture.row(id)).children_pending))
    })

    test('what a process left when it died between commit and derivation is taken up by another', async ({
      assert,
    }) => {
      graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
      const id = await person('ana', { children_pending: true, children_due_at: NOW + MINUTE })
      const sibling = fixture.sibling()
      assert.equal(await sibling.children.takeUp(), 0)
      fixture.clock.advance(MINUTE)
      const counts = await Promise.all([engine.children.takeUp(), sibling.children.takeUp()])
      assert.equal(counts[0] + counts[1], 1)
      assert.lengthOf(graph.asked, 1)
      assert.deepEqual((await pagesOf(id)).map(tokenOf), ['page-1'])
    })

    test('a late derivation overwrites nothing that a newer token brought', async ({ assert }) => {
      const id = await person('ana')
      const held = Promise.withResolvers<void>()
      const asked = Promise.withResolvers<void>()
      graph.next('/accounts', async (response) => {
        asked.resolve()
        await held.promise
        json(response, 200, { data: [{ id: 'p1', access_token: 'old-page' }] })
      })
      await fixture.update(id, { children_pending: true, children_due_at: NOW })
      const late = engine.children.derive(id, manual)
      await asked.promise
      graph.lists = [[{ id: 'p1', access_token: 'new-page' }]]
      await fixture.sibling().refresh.refreshOne(id, manual)
      held.resolve()
      assert.equal(await late, 'superseded')
      assert.deepEqual((await pagesOf(id)).map(tokenOf), ['new-page'])
    })

    test('a caller in another process gets its outcome only after the pages are stored', async ({
      assert,
    }) => {
      graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
      const id = await person('ana')
      const [sent, waits, asked, waitsOn] = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
      graph.next('/exchange', async (response) => {
        sent.resolve()
        await waits.promise
        json(response, 200, { access_token: 'user-2', expires_in: 5_184_000 })
      })
      graph.next('/accounts', async (response) => {
        asked.resolve()
        await waitsOn.promise
        json(response, 200, { data: graph.lists[0] })
      })
      // Each look of the waiting process lets the other one go a step further.
      const sleep = async () => {
        waits.resolve()
        await asked.promise
        waitsOn.resolve()
        await aTurnOfTheLoop()
      }
      const first = engine.refresh.refreshOne(id, manual)
      await sent.promise
      let pages = 0
      const second = fixture
        .sibling({ sleep })
        .refresh.refreshOne(id, manual)
        .then(async (outcome) => {
          pages = (await pagesOf(id)).length
          return outcome
        })
      const outcomes = await Promise.all([first, second])
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['refreshed', 'refreshed']
      )
      assert.equal(pages, 1)
      assert.lengthOf(graph.exchanged, 1)
    })

    test('a page that two people manage stays with the one who has it while that one lives', async ({
      assert,
    }) => {
      graph.lists = [[{ id: 'p1', access_token: 'page-of-ana' }]]
      const ana = await person('ana')
      await engine.refresh.refreshOne(ana, manual)
      const bea = await person('bea')
      graph.lists = [[{ id: 'p1', access_token: 'page-of-bea' }]]
      await engine.refresh.refreshOne(bea, manual)
      assert.deepEqual((await pagesOf(ana)).map(tokenOf), ['page-of-ana'])
      await fixture.update(ana, { status: 'needs_reauth', is_active: false })
      fixture.clock.advance(DAY)
      await engine.refresh.refreshOne(bea, manual)
      assert.lengthOf(await pagesOf(ana), 0)
      assert.deepEqual((await pagesOf(bea)).map(tokenOf), ['page-of-bea'])
    })

    test('a pause or a suspension of a page outlives a derivation', async ({ assert }) => {
      graph.lists = [
        [
          { id: 'p1', access_token: 'page-1' },
          { id: 'p2', access_token: 'page-2' },
        ],
      ]
      const id = await person('ana')
      await engine.refresh.refreshOne(id, manual)
      const [paused, suspended] = await pagesOf(id)
      await fixture.update(paused.id as string, { paused_at: NOW })
      await fixture.update(suspended.id as string, { status: 'suspended', is_suspended: true })
      graph.lists = [
        [
          { id: 'p1', access_token: 'page-1b' },
          { id: 'p2', access_token: 'page-2b' },
        ],
      ]
      fixture.clock.advance(DAY)
      await engine.refresh.refreshOne(id, manual)
      const [first, second] = await pagesOf(id)
      assert.isNotNull(first.paused_at)
      assert.equal(tokenOf(first), 'page-1b')
      assert.equal(second.status, 'suspended')
    })

    test('nothing is asked while the parent is paused or dead, or in quarantine', async ({ assert }) => {
      const id = await person('ana', { children_pending: true, children_due_at: NOW, paused_at: NOW })
      const dead = await person('bea', { children_pending: true, children_due_at: NOW, is_active: false })
      assert.equal(await engine.children.takeUp(), 0)
      assert.equal(await engine.children.derive(dead, manual), 'nothing_owed')
      await fixture.update(id, { paused_at: null })
      await engine.installation.check()
      await fixture.quarantine('a copy')
      const inQuarantine = await engine.children.takeUp()
      await engine.installation.lift()
      assert.equal(inQuarantine, 0)
      assert.lengthOf(graph.asked, 0)
    })

    test('a refresh of an account without children asks for none', async ({ assert }) => {
      const plain = fixture.sibling({ providers: new ProviderRegistry([fixture.provider]) })
      const id = await fixture.connect('ana')
      await plain.refresh.refreshOne(id, manual)
      assert.isFalse(Boolean((await fixture.row(id)).children_pending))
      assert.lengthOf(graph.asked, 0)
    })

    test('five thousand pages are stored; a list without end is cut and takes nobody for gone', async ({
      assert,
    }) => {
      graph.lists = [[{ id: 'gone', access_token: 'page-0' }]]
      const id = await person('ana')
      await engine.refresh.refreshOne(id, manual)
      const page = (index: number) =>
        Array.from({ length: 110 }, (_, one) => ({
          id: `p${index}-${one}`,
          access_token: `page-${index}-${one}`,
        }))
      graph.lists = Array.from({ length: 60 }, (_, index) => page(index))
      fixture.clock.advance(DAY)
      await engine.refresh.refreshOne(id, manual)
      const [{ count }] = await fixture.all('SELECT count(*) AS count FROM connections WHERE parent_id = ?', [
        id,
      ])
      assert.equal(Number(count), 5_001)
      assert.deepInclude((await pagesOf(id))[0], { provider_account_id: 'gone', status: 'connected' })
    }).timeout(40_000)
  })
}
