/** A provider that is paused is told once to each organization that uses it, and once that it is open again. */
import { test } from '@japa/runner'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { insert } from '#tests/helpers/log_fixture'
import { outbox, told } from '#tests/helpers/outbox'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const dialects: Dialect[] = ['sqlite', 'postgres']
const DAY = 24 * HOUR

for (const dialect of dialects) {
  test.group(`Events of gates on ${dialect}`, (group) => {
    let fixture: EngineFixture
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
    })

    /** An organization whose account at the provider is not due; an inactive one makes it nobody's business. */
    async function neighbour(slug: string, isActive = true): Promise<string> {
      const organization = await insert(fixture, 'organizations', { slug, name: slug, created_at: NOW })
      const later = { next_refresh_at: NOW + DAY, token_expires_at: NOW + DAY }
      await fixture.connect(slug, { organization_id: organization, is_active: isActive, ...later })
      return organization
    }

    async function minutes(count: number, step = 1) {
      for (let minute = 0; minute < count; minute += step) {
        await fixture.engine.refresh.refreshDue()
        fixture.clock.advance(step * MINUTE)
      }
    }

    const ofProvider = async () => (await outbox(fixture)).filter(({ name }) => name.startsWith('provider.'))

    test('a wrong secret that hits 200 accounts is told once to each organization concerned, and once that it is right again', async ({
      assert,
    }) => {
      for (let account = 0; account < 200; account++) await fixture.connect(`account-${account}`)
      const other = await neighbour('other')
      const idle = await neighbour('idle', false)
      fixture.server.clientSecret = 'changed'
      await minutes(60)
      const paused = await ofProvider()
      assert.lengthOf(paused, 2)
      assert.lengthOf(new Set(paused.map((event) => event.organization_id)), 2)
      for (const event of paused) {
        assert.deepInclude(event, { name: 'provider.paused', severity: 'urgent', provider: 'acme' })
        assert.deepInclude(event.data, {
          cause: 'configuration',
          code: 'invalid_client',
          providers: ['acme'],
        })
        assert.isNull(event.connection_id)
      }
      fixture.server.clientSecret = 'client-secret'
      await minutes(6)
      const recovered = (await ofProvider()).slice(2)
      const whose = recovered.map((event) => event.organization_id)
      assert.lengthOf(recovered, 2)
      assert.include(whose, other)
      assert.notInclude(whose, idle)
      for (const event of recovered) {
        assert.deepInclude(event, { name: 'provider.recovered', severity: 'normal' })
        assert.equal(event.data.cause, 'configuration')
      }
    })

    test('six hours of outage make one event, its end another, and the next outage a third', async ({
      assert,
    }) => {
      for (let account = 0; account < 6; account++) await fixture.connect(`account-${account}`)
      const fails = () => fixture.server.always((response) => json(response, 503, {}))
      fails()
      await minutes(360, 5)
      const names = async () => (await ofProvider()).map(({ name, severity }) => `${name} ${severity}`)
      assert.deepEqual(await names(), ['provider.paused high'])
      fixture.server.always(null)
      await minutes(10)
      assert.deepEqual(await names(), ['provider.paused high', 'provider.recovered normal'])
      fails()
      await minutes(60, 5)
      assert.lengthOf(await names(), 3)
    })

    test('a rate limit is a matter of moments and told to nobody', async ({ assert }) => {
      for (let account = 0; account < 20; account++) await fixture.connect(`account-${account}`)
      const limit = { 'retry-after': '30' }
      fixture.server.next((response) => json(response, 429, { error: 'slow_down' }, limit))
      await minutes(3)
      assert.equal(fixture.server.refreshes.size, 20)
      assert.deepEqual(await told(fixture), [])
    })

    test('a wrong secret found behind an outage is told, too; both end with one message', async ({
      assert,
    }) => {
      for (let account = 0; account < 6; account++) await fixture.connect(`account-${account}`)
      fixture.server.always((response) => json(response, 503, {}))
      await minutes(30)
      fixture.server.always(null)
      fixture.server.clientSecret = 'changed'
      await minutes(30)
      fixture.server.always((response) => json(response, 503, {}))
      await minutes(30)
      fixture.server.always((response) => json(response, 429, {}))
      await minutes(30)
      fixture.server.always(null)
      await minutes(30)
      fixture.server.clientSecret = 'client-secret'
      await minutes(10)
      assert.deepEqual(
        (await ofProvider()).map(({ name, data }) => `${name} ${String(data.cause)}`),
        ['provider.paused unavailable', 'provider.paused configuration', 'provider.recovered configuration']
      )
    })

    test('two processes that meet a wrong secret at the same moment tell it once', async ({ assert }) => {
      for (let account = 0; account < 40; account++) await fixture.connect(`account-${account}`)
      fixture.server.clientSecret = 'changed'
      fixture.server.always((response) => {
        fixture.clock.advance(1)
        json(response, 401, { error: 'invalid_client' })
      })
      await Promise.all([fixture.engine, fixture.sibling()].map(({ refresh }) => refresh.refreshDue()))
      assert.isAtLeast(fixture.server.presented.length, 2)
      assert.lengthOf(await ofProvider(), 1)
    })
  })
}
