import { test } from '@japa/runner'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { outbox, told } from '#tests/helpers/outbox'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { verificationFixture } from '#tests/helpers/verification_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']
const LATER = { token_expires_at: NOW + HOUR, next_refresh_at: NOW + HOUR - 5 * MINUTE }
const thorough = { autoRefresh: true, profile: true }

for (const dialect of dialects) {
  test.group(`Verification on ${dialect}`, (group) => {
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('an accepted token is valid: stamped, and otherwise the row is as it was', async (context) => {
      const { engine, connect, snapshot, accounts } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      const before = await snapshot(id)
      const found = await engine.verification.verify(id)
      context.assert.deepInclude(found, {
        state: 'valid',
        reason: 'valid',
        provider: 'acme',
        username: 'ana',
      })
      context.assert.deepEqual(await snapshot(id), { ...before, last_validated_at: NOW })
      context.assert.equal(accounts.asked[0].authorization, 'OAuth first-ana')
      context.assert.equal(accounts.count('/me'), 0)
    })

    test('the profile is synchronised: cleaned, and what is not named stays', async (context) => {
      const { engine, connect, row, accounts } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', {
        ...LATER,
        display_name: 'Ana',
        avatar_url: 'https://cdn.example/a.png',
      })
      accounts.on('/me', {
        body: {
          id: 'ana',
          login: `new\u0000\u202e\r\nname${'x'.repeat(400)}`,
          name: null,
          picture: 'javascript:x',
        },
      })
      await engine.verification.verify(id, thorough)
      const after = await row(id)
      context.assert.match(after.username as string, /^new +namex+$/)
      context.assert.isAtMost((after.username as string).length, 255)
      context.assert.deepInclude(after, { display_name: 'Ana', avatar_url: 'https://cdn.example/a.png' })
      const picture = 'https://cdn.example/b.png'
      accounts.on('/me', { body: { id: 'ana', login: '', name: 'Ana B.', picture } })
      await engine.verification.verify(id, thorough)
      context.assert.deepInclude(await row(id), {
        username: after.username,
        display_name: 'Ana B.',
        avatar_url: picture,
      })
    })

    test('a refused token is refreshed once, asked again, and the attempt is logged as a health check', async (context) => {
      const { engine, connect, attempts, refused, accounts, server } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      refused.add('first-ana')
      const found = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(found, {
        state: 'expired_refreshed',
        reason: 'refreshed',
        expiresAt: NOW + HOUR,
      })
      context.assert.equal(accounts.count('/validate'), 2)
      context.assert.lengthOf(server.presented, 1)
      const [attempt] = await attempts(id)
      context.assert.deepInclude(attempt, { kind: 'health_check', outcome: 'success' })
    })

    test('without auto-refresh a refused token is told as invalid and nothing is sent to the token endpoint', async (context) => {
      const { engine, connect, snapshot, refused, server } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      const before = await snapshot(id)
      refused.add('first-ana')
      context.assert.deepInclude(await engine.verification.verify(id), {
        state: 'invalid',
        reason: 'rejected',
      })
      context.assert.deepEqual(await snapshot(id), { ...before, last_validated_at: NOW })
      context.assert.lengthOf(server.presented, 0)
    })

    test('a token that is refused again after its refresh is invalid, and is refreshed no second time', async (context) => {
      const { engine, connect, accounts, server } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      accounts.on('/validate', { status: 401, body: { message: 'invalid access token' } })
      const found = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(found, { state: 'invalid', reason: 'rejected' })
      context.assert.lengthOf(server.presented, 1)
    })

    test('an expired token is refreshed before anybody is asked; without auto-refresh it is told as expired', async (context) => {
      const { engine, connect, accounts } = await verificationFixture(dialect, context.cleanup.bind(context))
      const id = await connect('ana', { token_expires_at: NOW - MINUTE })
      context.assert.deepInclude(await engine.verification.verify(id), {
        state: 'invalid',
        reason: 'expired',
      })
      context.assert.lengthOf(accounts.asked, 0)
      const found = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.equal(found.state, 'expired_refreshed')
      context.assert.equal(accounts.count('/validate'), 1)
    })

    test('a refresh that fails is told with its own reason', async (context) => {
      const { engine, connect, server, refused } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      refused.add('first-ana')
      server.revoke('ana')
      const found = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(found, { state: 'invalid', reason: 'rejected', errorCode: 'invalid_grant' })
    })

    test('between two strikes nothing is sent to the token endpoint', async (context) => {
      const { engine, connect, server, refused } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const strike = { token_refresh_failed_at: NOW - 5 * MINUTE, next_refresh_at: NOW + 10 * MINUTE }
      const id = await connect('ana', { ...LATER, ...strike })
      refused.add('first-ana')
      const found = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(found, {
        state: 'invalid',
        reason: 'refresh_retrying',
        retryAt: NOW + 10 * MINUTE,
      })
      context.assert.lengthOf(server.presented, 0)
    })

    test('trouble on the way says untested and changes nothing', async (context) => {
      const { engine, connect, snapshot, accounts } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      const before = await snapshot(id)
      const troubles = [
        [{ status: 503, body: { error: 'temporarily_unavailable' } }, 'unavailable'],
        [{ status: 500, body: {} }, 'unavailable'],
        ['close', 'unavailable'],
      ] as const
      for (const [answer, reason] of troubles) {
        accounts.on('/validate', answer)
        const found = await engine.verification.verify(id, thorough)
        context.assert.deepInclude(found, { state: 'untested', reason })
        context.assert.deepEqual(await snapshot(id), before)
      }
    })

    test('a rate limit pauses the provider for as long as it says, for verifications and refreshes alike', async (context) => {
      const { engine, clock, connect, snapshot, accounts, server } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      const due = await connect('bob')
      const before = await snapshot(id)
      accounts.on('/validate', { status: 429, headers: { 'retry-after': '90' } })
      const limited = await engine.verification.verify(id, thorough)
      context.assert.deepInclude(limited, {
        state: 'untested',
        reason: 'rate_limited',
        retryAt: NOW + 90 * SECOND,
      })
      context.assert.deepEqual(await snapshot(id), before)
      const held = await engine.verification.verify(due, {})
      context.assert.deepInclude(held, {
        state: 'untested',
        reason: 'provider_paused',
        errorCode: 'rate_limited',
        retryAt: NOW + 90 * SECOND,
      })
      context.assert.equal(accounts.count('/validate'), 1)
      await engine.refresh.refreshDue()
      context.assert.lengthOf(server.presented, 0)
      clock.advance(91 * SECOND)
      accounts.on('/validate', { body: { id: 'ana' } })
      context.assert.equal((await engine.verification.verify(id)).state, 'valid')
    })

    test('a suspension that the provider states deactivates once, and the account comes back when it passes', async (context) => {
      const { engine, clock, connect, row, accounts, transitions } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      accounts.on('/me', { body: { id: 'ana', is_suspended: true } })
      for (let time = 0; time < 2; time++) {
        const found = await engine.verification.verify(id, thorough)
        context.assert.deepInclude(found, {
          state: 'suspended',
          reason: 'suspended',
          errorCode: 'is_suspended',
        })
        clock.advance(MINUTE)
      }
      const suspended = await row(id)
      context.assert.deepInclude(suspended, {
        status: 'suspended',
        suspended_reason: 'broke the rules',
        next_refresh_at: null,
      })
      context.assert.equal(Number(suspended.suspended_at), NOW)
      context.assert.isOk(suspended.is_suspended)
      context.assert.isNotOk(suspended.is_active)
      context.assert.deepEqual(transitions(), ['suspended'])
      accounts.on('/me', { body: { id: 'ana', is_suspended: false } })
      context.assert.equal((await engine.verification.verify(id, thorough)).state, 'valid')
      const back = await row(id)
      context.assert.deepInclude(back, {
        status: 'connected',
        suspended_at: null,
        suspended_reason: null,
        error_code: null,
        next_refresh_at: NOW + HOUR - 5 * MINUTE,
      })
      context.assert.isNotOk(back.is_suspended)
      context.assert.isOk(back.is_active)
      context.assert.deepEqual(transitions(), ['suspended', 'recovered'])
    })

    test('what a verification decides is told once, in the transaction that writes it', async (context) => {
      const { assert } = context
      const fixture = await verificationFixture(dialect, context.cleanup.bind(context))
      const { engine, clock, accounts, refused } = fixture
      const verify = (id: string) => engine.verification.verify(id, thorough)
      const id = await fixture.connect('ana', LATER)
      accounts.on('/me', { body: { id: 'ana', is_suspended: true } })
      await Promise.all([verify(id), fixture.sibling().verification.verify(id, thorough)])
      await verify(id)
      assert.deepEqual(await told(fixture), ['connection.suspended urgent suspended'])
      assert.deepInclude((await outbox(fixture))[0].data, {
        ...{ code: 'is_suspended', description: 'broke the rules', expiresAt: NOW + HOUR },
      })
      accounts.on('/me', { body: { id: 'ana' } })
      clock.advance(MINUTE)
      await Promise.all([verify(id), fixture.sibling().verification.verify(id, thorough)])
      assert.deepEqual((await told(fixture)).slice(1), ['connection.recovered normal suspended'])
      accounts.on('/me', { status: 403, body: { error: 'locked' } })
      clock.advance(MINUTE)
      await verify(id)
      assert.deepEqual((await told(fixture)).slice(2), ['connection.refresh_failed high locked'])
      assert.deepInclude((await outbox(fixture))[2].data, {
        ...{ instruction: 'Sign in and unlock it.', description: null },
      })
      const bare = await fixture.connect('bob', { refresh_token: null, token_type: 'static', ...LATER })
      accounts.on('/me', { status: 401, body: { message: 'invalid access token' } })
      refused.add('first-bob')
      clock.advance(MINUTE)
      await verify(bare)
      assert.deepEqual((await told(fixture)).slice(3), [])
      clock.advance(15 * MINUTE)
      await verify(bare)
      assert.deepEqual((await told(fixture)).slice(3), ['connection.deactivated urgent rejected'])
    })

    test('a strike that heals is told by nobody, also where two verifications see it', async (context) => {
      const { assert } = context
      const fixture = await verificationFixture(dialect, context.cleanup.bind(context))
      const bare = { refresh_token: null, token_type: 'static', ...LATER }
      const id = await fixture.connect('ana', { ...bare, token_refresh_failed_at: NOW - MINUTE })
      const engines = [fixture.engine, fixture.sibling()]
      await Promise.all(engines.map(({ verification }) => verification.verify(id, thorough)))
      assert.deepEqual(fixture.transitions(), ['recovered'])
      assert.deepEqual(await told(fixture), [])
    })

    test('a suspended account whose token has expired is refreshed, and tested with the new token', async (context) => {
      const { engine, connect, row, accounts } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const suspended = {
        status: 'suspended',
        status_reason: 'suspended',
        is_suspended: true,
        is_active: false,
      }
      const id = await connect('ana', { token_expires_at: NOW - HOUR, ...suspended })
      const found = await engine.verification.verify(id, thorough)
      context.assert.equal(found.state, 'expired_refreshed')
      context.assert.match(accounts.asked[0].token, /^at-/)
      context.assert.deepInclude(await row(id), { status: 'connected', suspended_reason: null })
    })

    test('a lock becomes an error with the instruction, and ends when the account passes', async (context) => {
      const { engine, connect, row, accounts, transitions } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      accounts.on('/me', { status: 403, body: { error: 'locked' } })
      const found = await engine.verification.verify(id, thorough)
      const instruction = 'Sign in and unlock it.'
      context.assert.deepInclude(found, { state: 'invalid', reason: 'locked', instruction })
      context.assert.deepInclude(await row(id), {
        status: 'error',
        status_reason: 'locked',
        error_message: instruction,
      })
      accounts.on('/me', { body: { id: 'ana' } })
      await engine.verification.verify(id, thorough)
      context.assert.equal((await row(id)).status, 'connected')
      context.assert.deepEqual(transitions(), ['locked', 'recovered'])
    })

    test('a verdict on tokens that were replaced meanwhile changes nothing; the new ones are asked about', async (context) => {
      const { engine, connect, row, update, accounts } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      for (const change of [
        { token_version: 8 } as Record<string, number>,
        { grant_generation: 5, token_version: 9 },
      ]) {
        const account = `ana-${Object.keys(change).length}`
        const id = await connect(account, LATER)
        accounts.on('/me', async () => {
          accounts.on('/me', { body: { id: account } })
          await update(id, change)
          return { body: { id: account, is_suspended: true } }
        })
        context.assert.equal((await engine.verification.verify(id, thorough)).state, 'valid')
        context.assert.deepInclude(await row(id), { ...change, status: 'connected', suspended_reason: null })
      }
    })

    test('an account that somebody suspended meanwhile is not brought back by an older answer', async (context) => {
      const { engine, connect, row, update, accounts } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', {
        ...LATER,
        status: 'error',
        status_reason: 'locked',
        is_active: false,
      })
      accounts.on('/me', async () => {
        accounts.on('/me', { status: 503, body: {} })
        accounts.on('/validate', { status: 503, body: {} })
        await update(id, { status: 'suspended', is_suspended: true })
        return { body: { id: 'ana' } }
      })
      context.assert.equal((await engine.verification.verify(id, thorough)).state, 'untested')
      context.assert.equal((await row(id)).status, 'suspended')
    })

    test('a connection that is deleted meanwhile stays deleted', async (context) => {
      const { engine, connect, row, remove, accounts } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      accounts.on('/validate', async () => {
        await remove(id)
        return { body: { id: 'ana' } }
      })
      context.assert.deepInclude(await engine.verification.verify(id), {
        state: 'untested',
        reason: 'not_found',
      })
      context.assert.isUndefined(await row(id))
    })

    test('a paused connection and one that is not there are left alone', async (context) => {
      const { engine, connect, accounts, server } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', { paused_at: NOW, token_expires_at: NOW - HOUR })
      const paused = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(paused, { state: 'untested', reason: 'paused' })
      const nobody = await engine.verification.verify('00000000-0000-7000-8000-0000000000ff', thorough)
      context.assert.deepInclude(nobody, { state: 'untested', reason: 'not_found', provider: null })
      context.assert.lengthOf([...accounts.asked, ...server.presented], 0)
    })

    test('a token of another client or another user is invalid with its reason, and told in the row', async (context) => {
      const { engine, connect, row, accounts, server, all } = await verificationFixture(
        dialect,
        context.cleanup.bind(context)
      )
      const id = await connect('ana', LATER)
      accounts.on('/validate', { body: { id: 'ana', client_id: 'somebody-else' } })
      const client = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(client, { state: 'invalid', reason: 'other_client' })
      context.assert.deepInclude(await row(id), { error_code: 'other_client', status: 'connected' })
      accounts.on('/validate', { body: { id: 'zoe', client_id: 'client' } })
      accounts.on('/me', { body: { id: 'zoe' } })
      const user = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(user, { state: 'invalid', reason: 'other_account' })
      await engine.verification.verify(id, { autoRefresh: true })
      context.assert.sameMembers(await told({ all }), [
        'connection.needs_reauth urgent other_client',
        'connection.needs_reauth urgent other_account',
      ])
      context.assert.lengthOf(server.presented, 0)
      accounts.on('/validate', { body: { id: 'ana', client_id: 'client' } })
      context.assert.equal((await engine.verification.verify(id)).state, 'valid')
      context.assert.deepInclude(await row(id), { error_code: null, error_message: null })
    })

    test('an id of another kind at the validation is settled by the profile', async (context) => {
      const { engine, connect, accounts } = await verificationFixture(dialect, context.cleanup.bind(context))
      const id = await connect('ana', LATER)
      accounts.on('/validate', { body: { id: 'subject-4711', client_id: 'client' } })
      context.assert.equal((await engine.verification.verify(id)).state, 'valid')
      context.assert.equal(accounts.count('/me'), 1)
    })

    test('an account that was imported under its login is recognized', async (context) => {
      const { engine, connect, accounts } = await verificationFixture(dialect, context.cleanup.bind(context))
      const id = await connect('ana_live', { ...LATER, owner: 'owner-7' })
      accounts.on('/validate', { body: { id: '1234', login: 'Ana_Live', client_id: 'client' } })
      accounts.on('/me', { body: { id: '1234', login: 'Ana_Live' } })
      context.assert.equal((await engine.verification.verify(id, thorough)).state, 'valid')
    })

    test('an account that was imported under its owner is compared with nobody', async (context) => {
      const { engine, connect, accounts } = await verificationFixture(dialect, context.cleanup.bind(context))
      const id = await connect('owner-7', { ...LATER, metadata: JSON.stringify({ imported_as: 'f00' }) })
      accounts.on('/validate', { body: { id: '1234', client_id: 'client' } })
      accounts.on('/me', { body: { id: '1234', login: 'ana' } })
      context.assert.equal((await engine.verification.verify(id, thorough)).state, 'valid')
    })
  })
}
