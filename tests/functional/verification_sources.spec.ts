import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { isSigned } from '#tests/helpers/oauth1_signature'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import {
  meEndpoint,
  verificationFixture,
  type VerificationFixture,
} from '#tests/helpers/verification_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']
const LATER = { token_expires_at: NOW + HOUR, next_refresh_at: NOW + HOUR - 5 * MINUTE }
const NEVER = { token_expires_at: null, next_refresh_at: null, refresh_token: null }
const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'

for (const dialect of dialects) {
  test.group(`Where a token is tested, on ${dialect}`, (group) => {
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('without a validation the profile speaks; where that is closed to us, the introspection', async (context) => {
      const { engine, connect, accounts, server } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        ({ origin }) => ({
          validation: null,
          profile: meEndpoint(`${origin}/me`),
          server: { token_endpoint: `${origin}/token`, introspection_endpoint: `${origin}/introspect` },
        })
      )
      const id = await connect('ana', LATER)
      context.assert.equal((await engine.verification.verify(id)).state, 'valid')
      context.assert.equal(accounts.count('/introspect'), 0)
      accounts.on('/me', { status: 403, body: { error: { message: 'insufficient scope' } } })
      accounts.on('/introspect', { body: { active: true, sub: 'another-kind-of-id' } })
      context.assert.equal((await engine.verification.verify(id)).state, 'valid')
      const [asked] = accounts.asked.filter(({ path }) => path === '/introspect')
      context.assert.equal(new URLSearchParams(asked.body).get('token'), 'first-ana')
      accounts.on('/introspect', { body: { active: false } })
      const inactive = await engine.verification.verify(id)
      context.assert.deepInclude(inactive, {
        state: 'invalid',
        reason: 'rejected',
        errorCode: 'inactive_token',
      })
      context.assert.lengthOf(server.presented, 0)
    })

    test('where nobody can be asked an account is untested, and usable as long as its token lives', async (context) => {
      const { engine, connect, snapshot } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        {
          validation: null,
          profile: null,
        }
      )
      const id = await connect('ana', LATER)
      const before = await snapshot(id)
      context.assert.deepInclude(await engine.verification.verify(id), {
        state: 'untested',
        reason: 'no_validation',
      })
      context.assert.deepEqual(await snapshot(id), before)
      const validated = await engine.tokenValidation.validate({
        organizationId: ORGANIZATION,
        ids: [id],
        autoRefresh: true,
      })
      context.assert.deepEqual(validated.valid_connection_ids, [id])
    })

    test('a token made by hand is shown to the profile, since a validation may know our own client only', async (context) => {
      const { engine, connect, accounts } = await verificationFixture(dialect, (work) =>
        context.cleanup(work)
      )
      const id = await connect('ana', { ...NEVER, token_type: 'static' })
      accounts.on('/validate', { status: 404, body: { message: 'Not Found' } })
      accounts.on('/me', { body: { id: 'ana', client_id: 'a-client-of-their-own' } })
      context.assert.equal((await engine.verification.verify(id)).state, 'valid')
      context.assert.equal(accounts.count('/validate'), 0)
    })

    test('an OAuth 1.0a account is tested by a signed call that the server can verify, and is never refreshed', async (context) => {
      const { fixture, id, accounts, consumer } = await oauth1Fixture(context)
      accounts.on('/2/users/me', (request) =>
        isSigned(request, 'consumer-secret&token-secret')
          ? { body: { id: 'ana', login: 'ana', name: 'Ana' } }
          : { status: 401, body: { title: 'Unauthorized' } }
      )
      const found = await fixture.engine.verification.verify(id, { autoRefresh: true, profile: true })
      context.assert.deepInclude(found, { state: 'valid', reason: 'valid' })
      context.assert.equal((await fixture.row(id)).display_name, 'Ana')
      const [request] = accounts.asked
      context.assert.include(request.authorization, `oauth_consumer_key="${consumer}"`)
      context.assert.include(request.authorization, 'oauth_token="first-ana"')
      context.assert.equal(request.url.searchParams.get('user.fields'), 'profile_image_url')
      await fixture.engine.verification.verify(id)
      const nonces = accounts.asked.map(({ authorization }) => /oauth_nonce="(\w+)"/.exec(authorization)?.[1])
      context.assert.lengthOf(new Set(nonces), 2)
      context.assert.lengthOf(fixture.server.presented, 0)
      context.assert.isNull((await fixture.row(id)).next_refresh_at)
    })

    test('an OAuth 1.0a token that is refused strikes, and a wrong signature never passes', async (context) => {
      const { fixture, id, accounts } = await oauth1Fixture(context, 'another-token-secret')
      accounts.on('/2/users/me', (request) =>
        isSigned(request, 'consumer-secret&token-secret')
          ? { body: { id: 'ana' } }
          : { status: 401, body: {} }
      )
      const found = await fixture.engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(found, { state: 'invalid', reason: 'rejected', retryAt: NOW + 15 * MINUTE })
      context.assert.deepEqual(fixture.transitions(), ['first_strike'])
    })

    test('a refused token that nothing can renew gets a second look after 15 minutes, and then needs a person', async (context) => {
      const { engine, clock, connect, row, refused, accounts, transitions } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work)
      )
      const id = await connect('ana', { ...NEVER, token_type: 'static' })
      refused.add('first-ana')
      await engine.verification.verify(id, { autoRefresh: true })
      context.assert.deepInclude(await row(id), { status: 'connected', status_reason: 'rejected' })
      clock.advance(15 * MINUTE - 1)
      context.assert.equal(await engine.dueValidations.look(), 0)
      clock.advance(1)
      context.assert.equal(await engine.dueValidations.look(), 1)
      const after = await row(id)
      context.assert.deepInclude(after, { status: 'needs_reauth', token_refresh_failed_at: null })
      context.assert.isNotOk(after.is_active)
      clock.advance(HOUR)
      context.assert.equal(await engine.dueValidations.look(), 0)
      context.assert.equal(accounts.count('/me'), 2)
      refused.clear()
      context.assert.equal((await engine.verification.verify(id)).state, 'valid')
      context.assert.deepInclude(await row(id), {
        status: 'connected',
        status_reason: null,
        error_code: null,
      })
      context.assert.deepEqual(transitions(), ['first_strike', 'deactivated', 'recovered'])
    })

    test('a first strike of such a token is cleared when it passes', async (context) => {
      const { engine, clock, connect, row, refused, transitions } = await verificationFixture(
        dialect,
        (work) => context.cleanup(work)
      )
      const id = await connect('ana', { ...NEVER, token_type: 'static' })
      refused.add('first-ana')
      await engine.verification.verify(id)
      refused.clear()
      clock.advance(15 * MINUTE)
      await engine.dueValidations.look()
      context.assert.deepInclude(await row(id), { token_refresh_failed_at: null, status: 'connected' })
      context.assert.deepEqual(transitions(), ['first_strike', 'recovered'])
    })

    test('an access token that cannot be opened is replaced by a refresh', async (context) => {
      const { engine, connect, update, row, accounts } = await verificationFixture(dialect, (work) =>
        context.cleanup(work)
      )
      const id = await connect('ana', LATER)
      const other = await connect('bob', LATER)
      await update(id, { access_token: (await row(other)).access_token as string })
      context.assert.deepInclude(await engine.verification.verify(id), {
        state: 'invalid',
        reason: 'unreadable',
      })
      context.assert.lengthOf(accounts.asked, 0)
      const found = await engine.verification.verify(id, { autoRefresh: true })
      context.assert.equal(found.state, 'expired_refreshed')
    })

    test('a grant that counts as dead comes back by a refresh that was asked for, not by its last access token', async (context) => {
      const { engine, connect, row, server, transitions } = await verificationFixture(dialect, (work) =>
        context.cleanup(work)
      )
      const dead = {
        status: 'needs_reauth',
        status_reason: 'rejected',
        is_active: false,
        next_refresh_at: null,
      }
      const id = await connect('ana', { ...dead, token_expires_at: NOW + HOUR })
      const found = await engine.verification.verify(id, { autoRefresh: true, profile: true })
      context.assert.deepInclude(found, { state: 'invalid', reason: 'needs_reauth' })
      context.assert.lengthOf(server.presented, 0)
      context.assert.equal((await row(id)).status, 'needs_reauth')
      const revived = await engine.verification.verify(id, { autoRefresh: true, revive: true })
      context.assert.equal(revived.state, 'expired_refreshed')
      const back = await row(id)
      context.assert.deepInclude(back, { status: 'connected', next_refresh_at: NOW + HOUR - 5 * MINUTE })
      context.assert.isOk(back.is_active)
      context.assert.deepEqual(transitions(), ['recovered'])
    })

    async function oauth1Fixture(
      context: { cleanup: (work: () => Promise<void>) => void },
      tokenSecret = 'token-secret'
    ): Promise<{
      fixture: VerificationFixture
      id: string
      accounts: VerificationFixture['accounts']
      consumer: string
    }> {
      const consumer = 'consumer-key'
      const fixture = await verificationFixture(
        dialect,
        (work) => context.cleanup(work),
        ({ origin }) => ({
          oauth1: {
            consumer: { client_id: consumer, client_secret: new Secret('consumer-secret') },
            validation: meEndpoint(`${origin}/2/users/me?user.fields=profile_image_url`),
          },
        })
      )
      const id = await fixture.connect('ana', { ...NEVER, token_type: 'oauth1a' })
      const place = { organizationId: ORGANIZATION, connectionId: id, column: 'token_secret' }
      await fixture.update(id, { token_secret: fixture.vault.seal(new Secret(tokenSecret), place) })
      return { fixture, id, accounts: fixture.accounts, consumer }
    }
  })
}
