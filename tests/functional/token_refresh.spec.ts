import { test } from '@japa/runner'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const dialects: Dialect[] = ['sqlite', 'postgres']
const manual = { kind: 'manual' } as const

for (const dialect of dialects) {
  test.group(`Token refresh on ${dialect}`, (group) => {
    let fixture: EngineFixture
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    let closeLater: (work: () => Promise<void>) => void
    group.each.setup(async (context) => {
      closeLater = (work) => context.cleanup(work)
      fixture = await engineFixture(dialect, closeLater)
    })

    test('a refresh stores the new pair, plans the next one and writes one row in the log', async ({
      assert,
    }) => {
      const { engine, server, connect, row, attempts, refreshTokenOf } = fixture
      const id = await connect('ana')
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.deepInclude(outcome, { status: 'refreshed', reason: 'refreshed', newExpiresAt: NOW + HOUR })
      const after = await row(id)
      assert.deepInclude(after, {
        status: 'connected',
        token_version: 2,
        refresh_count: 1,
        attempt_id: null,
        lease_until: null,
        open_attempts: 0,
      })
      assert.equal(Number(after.token_expires_at), NOW + HOUR)
      assert.equal(Number(after.next_refresh_at), NOW + HOUR - 5 * MINUTE)
      assert.isTrue(server.isLive((await refreshTokenOf(id)) ?? ''))
      const [attempt, ...others] = await attempts(id)
      assert.lengthOf(others, 0)
      assert.deepInclude(attempt, { outcome: 'success', kind: 'manual', failure_class: null })
    })

    test('ten callers at once share one request', async ({ assert }) => {
      const id = await fixture.connect('ana')
      const calls = Array.from({ length: 10 }, () => fixture.engine.refresh.refreshOne(id, manual))
      const outcomes = await Promise.all(calls)
      assert.isTrue(outcomes.every((outcome) => outcome.status === 'refreshed'))
      assert.lengthOf(fixture.server.presented, 1)
    })

    test('callers in two processes share one request, and both get its outcome', async ({ assert }) => {
      const id = await fixture.connect('ana')
      const sibling = fixture.sibling()
      fixture.server.next(async (response, grant) => {
        await new Promise((resolve) => setTimeout(resolve, 60))
        json(response, 200, grant())
      })
      const outcomes = await Promise.all(
        [fixture.engine, sibling].map((engine) => engine.refresh.refreshOne(id, manual))
      )
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['refreshed', 'refreshed']
      )
      assert.equal(outcomes[0].newExpiresAt, outcomes[1].newExpiresAt)
      assert.lengthOf(fixture.server.presented, 1)
    })

    test('a sweep refreshes everything that is due exactly once, also with two processes at it', async ({
      assert,
    }) => {
      const ids = []
      for (let account = 0; account < 60; account++) ids.push(await fixture.connect(`account-${account}`))
      await fixture.connect('later', { next_refresh_at: NOW + MINUTE })
      const sweeps = [fixture.engine, fixture.sibling()].map((engine) => engine.refresh.refreshDue())
      const counts = await Promise.all(sweeps)
      assert.equal(counts[0].refreshed + counts[1].refreshed, 60)
      assert.lengthOf(fixture.server.presented, 60)
      assert.equal(fixture.server.reuses, 0)
      assert.isTrue([...fixture.server.refreshes.values()].every((count) => count === 1))
      const [{ count }] = await fixture.all('SELECT count(*) AS count FROM refresh_attempts')
      assert.equal(Number(count), 60)
    })

    test('two refusals 15 minutes apart deactivate; between them nothing is sent', async ({ assert }) => {
      const { engine, server, clock, connect, row, notices } = fixture
      const id = await connect('ana')
      server.revoke('ana')
      await engine.refresh.refreshDue()
      let after = await row(id)
      assert.deepInclude(after, {
        status: 'connected',
        status_reason: 'rejected',
        error_code: 'invalid_grant',
      })
      assert.equal(Number(after.token_refresh_failed_at), NOW)
      assert.deepEqual(
        notices.map(({ transition }) => transition),
        ['first_strike']
      )
      clock.advance(15 * MINUTE - 1)
      await engine.refresh.refreshDue()
      assert.lengthOf(server.presented, 1)
      clock.advance(1)
      await engine.refresh.refreshDue()
      after = await row(id)
      assert.lengthOf(server.presented, 2)
      assert.deepInclude(after, {
        status: 'needs_reauth',
        token_refresh_failed_at: null,
        next_refresh_at: null,
      })
      assert.isNotOk(after.is_active)
      assert.deepEqual(
        notices.map(({ transition }) => transition),
        ['first_strike', 'deactivated']
      )
      clock.advance(HOUR)
      await engine.refresh.refreshDue()
      assert.lengthOf(server.presented, 2)
    })

    test('a refusal that passes heals at the retry and clears the strike', async ({ assert }) => {
      const { engine, server, clock, connect, row, notices } = fixture
      const id = await connect('ana')
      server.next((response) => json(response, 400, { error: 'invalid_grant' }))
      await engine.refresh.refreshDue()
      clock.advance(15 * MINUTE)
      await engine.refresh.refreshDue()
      assert.deepInclude(await row(id), {
        status: 'connected',
        status_reason: null,
        token_refresh_failed_at: null,
      })
      assert.deepEqual(
        notices.map(({ transition }) => transition),
        ['first_strike', 'recovered']
      )
    })

    test('a wrong client secret pauses the provider and touches no account; one cycle after the repair all are well', async ({
      assert,
    }) => {
      const { engine, server, clock, connect, all } = fixture
      for (let account = 0; account < 30; account++) await connect(`account-${account}`)
      server.clientSecret = 'changed'
      for (let minute = 0; minute < 60; minute++) {
        await engine.refresh.refreshDue()
        clock.advance(MINUTE)
      }
      assert.isBelow(server.presented.length, 30)
      const [{ inactive }] = await all(
        'SELECT count(*) AS inactive FROM connections WHERE NOT is_active OR token_refresh_failed_at IS NOT NULL'
      )
      assert.equal(Number(inactive), 0)
      server.clientSecret = 'client-secret'
      for (let minute = 0; minute < 11; minute++) {
        await engine.refresh.refreshDue()
        clock.advance(MINUTE)
      }
      const [{ healthy }] = await all(
        "SELECT count(*) AS healthy FROM connections WHERE status = 'connected' AND refresh_count > 0"
      )
      assert.equal(Number(healthy), 30)
      assert.equal(server.reuses, 0)
    })

    test('six hours of 503 deactivate nobody, are probed at most once a minute, and end by themselves', async ({
      assert,
    }) => {
      const { engine, server, clock, connect, all } = fixture
      for (let account = 0; account < 20; account++) await connect(`account-${account}`)
      server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
      for (let minute = 0; minute < 360; minute++) {
        await engine.refresh.refreshDue()
        clock.advance(MINUTE)
      }
      assert.isBelow(server.presented.length, 360 + 20)
      await engine.store.markLapsed()
      const statuses = await all('SELECT DISTINCT status, is_active FROM connections')
      assert.deepEqual(
        statuses.map(({ status }) => status),
        ['token_expired']
      )
      server.always(null)
      for (let minute = 0; minute < 7; minute++) {
        await engine.refresh.refreshDue()
        clock.advance(MINUTE)
      }
      const [{ healthy }] = await all(
        "SELECT count(*) AS healthy FROM connections WHERE status = 'connected'"
      )
      assert.equal(Number(healthy), 20)
    })

    test('a rate limit holds the whole provider for as long as it says', async ({ assert }) => {
      const { engine, server, clock, connect } = fixture
      for (let account = 0; account < 20; account++) await connect(`account-${account}`)
      server.next((response) => json(response, 429, { error: 'slow_down' }, { 'retry-after': '30' }))
      await engine.refresh.refreshDue()
      const before = server.presented.length
      clock.advance(29 * SECOND)
      await engine.refresh.refreshDue()
      assert.equal(server.presented.length, before)
      clock.advance(3 * SECOND)
      await engine.refresh.refreshDue()
      assert.equal(server.refreshes.size, 20)
    })

    test('an answer without a refresh token keeps the old one', async ({ assert }) => {
      const { engine, server, connect, row, refreshTokenOf } = fixture
      const id = await connect('ana')
      const before = await refreshTokenOf(id)
      server.next((response) =>
        json(response, 200, { access_token: 'at', token_type: 'bearer', expires_in: 60 })
      )
      await engine.refresh.refreshOne(id, manual)
      assert.equal(await refreshTokenOf(id), before)
      assert.equal((await row(id)).refresh_count, 1)
    })

    test('an unreadable token is no absent one: it strikes, is sent nowhere and is never overwritten', async ({
      assert,
    }) => {
      const { engine, server, clock, connect, row, update } = fixture
      const id = await connect('ana')
      const other = await connect('bob')
      const swapped = (await row(other)).refresh_token as string
      await update(id, { refresh_token: swapped })
      await engine.refresh.refreshDue()
      clock.advance(15 * MINUTE)
      await engine.refresh.refreshDue()
      const after = await row(id)
      assert.deepInclude(after, { status: 'error', status_reason: 'unreadable', refresh_token: swapped })
      assert.isNotOk(after.is_active)
      assert.lengthOf(server.presented, 1)
    })

    test('a reconnect during a refresh wins: the old answer never lands in the new grant', async ({
      assert,
    }) => {
      const { engine, server, connect, row, update, attempts } = fixture
      const id = await connect('ana')
      server.next(async (response, grant) => {
        await update(id, {
          grant_generation: 2,
          token_version: 7,
          access_token: 'new-grant',
          attempt_id: null,
          lease_until: null,
        })
        json(response, 200, grant())
      })
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.deepInclude(outcome, { status: 'skipped', reason: 'superseded' })
      assert.deepInclude(await row(id), { access_token: 'new-grant', token_version: 7 })
      assert.equal((await attempts(id))[0].outcome, 'superseded')
    })

    test('a deletion during a refresh stays a deletion', async ({ assert }) => {
      const { engine, server, connect, row, remove } = fixture
      const id = await connect('ana')
      server.next(async (response, grant) => {
        await remove(id)
        json(response, 200, grant())
      })
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.reason, 'superseded')
      assert.isUndefined(await row(id))
    })

    test('a rotated token is kept although the lease ran out and another process took over', async ({
      assert,
    }) => {
      const { engine, server, clock, connect, refreshTokenOf, row, sibling } = fixture
      const id = await connect('ana')
      const other = sibling()
      server.next(async (response, grant) => {
        const body = grant()
        clock.advance(5 * MINUTE)
        await other.refresh.refreshOne(id, manual)
        json(response, 200, body)
      })
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.status, 'refreshed')
      assert.isTrue(server.isLive((await refreshTokenOf(id)) ?? ''))
      assert.equal((await row(id)).status, 'connected')
    })

    test('a refusal of a token that is no longer current is no strike', async ({ assert }) => {
      const { engine, server, connect, row, update } = fixture
      const id = await connect('ana')
      server.next(async (response) => {
        await update(id, { token_version: 9, credential_fp: 'somebody-newer' })
        json(response, 400, { error: 'invalid_grant' })
      })
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.reason, 'superseded')
      assert.deepInclude(await row(id), {
        token_refresh_failed_at: null,
        status: 'connected',
        attempt_id: null,
        lease_until: null,
      })
    })

    test('a paused connection is never refreshed, not even by force; an inactive one only by force', async ({
      assert,
    }) => {
      const { engine, server, connect } = fixture
      const paused = await connect('ana', { paused_at: NOW })
      const inactive = await connect('bob', { is_active: false, status: 'needs_reauth' })
      assert.equal((await engine.refresh.refreshOne(paused, { ...manual, force: true })).reason, 'paused')
      assert.equal((await engine.refresh.refreshOne(inactive, manual)).reason, 'inactive')
      assert.lengthOf(server.presented, 0)
      assert.equal(
        (await engine.refresh.refreshOne(inactive, { ...manual, force: true })).status,
        'refreshed'
      )
      assert.deepInclude(await fixture.row(inactive), { status: 'connected' })
    })

    test('a connection with nothing to present is left alone and taken off the schedule', async ({
      assert,
    }) => {
      const { engine, server, connect, row } = fixture
      const id = await connect('ana', { refresh_token: null, token_type: 'static' })
      await engine.refresh.refreshDue()
      assert.lengthOf(server.presented, 0)
      assert.deepInclude(await row(id), {
        next_refresh_at: null,
        attempt_id: null,
        open_attempts: 0,
        status: 'connected',
      })
    })

    test('the claim of a process that died is in doubt, and its replay says so in the log', async ({
      assert,
    }) => {
      const { engine, connect, clock, attempts } = fixture
      const id = await connect('ana', {
        attempt_id: '00000000-0000-7000-8000-0000000000aa',
        lease_until: NOW + 20 * SECOND,
        open_attempts: 1,
      })
      await engine.refresh.refreshDue()
      assert.lengthOf(await attempts(id), 0)
      clock.advance(MINUTE)
      await engine.refresh.refreshDue()
      const [attempt] = await attempts(id)
      assert.equal(attempt.outcome, 'success')
      assert.isOk(attempt.in_doubt)
    })

    test('a connection whose window closed is not planned again; one with a window is', async ({
      assert,
    }) => {
      const windowed = { provider: { refresh: { keepAlive: 'while_authorized', margin: '5m' } } } as const
      const own = await engineFixture(dialect, closeLater, windowed)
      const closed = await own.connect('ana')
      const open = await own.connect('bob', { keep_alive_until: NOW + 12 * HOUR })
      await own.engine.refresh.refreshDue()
      assert.isNull((await own.row(closed)).next_refresh_at)
      assert.equal(Number((await own.row(open)).next_refresh_at), NOW + HOUR - 5 * MINUTE)
    })

    test('stopping finishes what is in flight and sends nothing more', async ({ assert }) => {
      const { engine, server, connect, row } = fixture
      const ids = []
      for (let account = 0; account < 40; account++) ids.push(await connect(`account-${account}`))
      server.always(async (response, grant) => {
        await new Promise((resolve) => setTimeout(resolve, 30))
        json(response, 200, grant())
      })
      const sweep = engine.refresh.refreshDue()
      await new Promise((resolve) => setTimeout(resolve, 15))
      await engine.refresh.drain()
      await sweep
      const rows = await Promise.all(ids.map((id) => row(id)))
      assert.equal(rows.filter((one) => one.attempt_id !== null).length, 0)
      assert.equal(rows.filter((one) => one.refresh_count === 1).length, server.presented.length)
      assert.isBelow(server.presented.length, 40)
    })

    test('no line of the log holds a token or the owner', async ({ assert }) => {
      const { engine, server, connect, lines, refreshTokenOf } = fixture
      const id = await connect('ana-the-owner')
      server.next((response) =>
        json(response, 400, { error: 'invalid_grant', error_description: `bad ${server.presented[0]}` })
      )
      await engine.refresh.refreshOne(id, manual)
      await engine.refresh.refreshOne(id, manual)
      const log = lines.join('\n')
      assert.match(log, /\[acme\]\[[0-9a-f]{8}\] /)
      for (const secret of [...server.presented, (await refreshTokenOf(id)) ?? '', 'ana-the-owner'])
        assert.notInclude(log, secret)
    })
  })
}
