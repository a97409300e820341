import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { beginAuthorization } from '#oauth/authorization'
import { profileEndpoint } from '#oauth/account'
import { finishConnect } from '#services/connect_flow'
import type { ContractFixture } from '#tests/helpers/contract_fixture'
import { HOUR } from '#tests/helpers/refresh_fixtures'
import { onFreshGround, type Subject } from '#tests/helpers/contract/subject'

const NOBODY = 'nobody'
const redirectUri = 'https://evergrant.example/connect/callback'

/** From the consent page to the row, with a person who always agrees. */
export function connectRules(subject: Subject): void {
  const { provider, dialect } = subject

  test(`${provider.id}: a consent becomes a connection that the profile names, with everything for its refresh`, (context) =>
    onFreshGround(context, async (fixture) => {
      const { assert } = context
      const vendor = fixture.simulator.vendor(dialect.id)
      const account = vendor.account(vendor.consenting)
      if (!provider.refresh.supported) account.traits.static = 'yes'
      const result = await connect(context, fixture, subject)
      assert.isTrue(result.ok, JSON.stringify(result))
      if (!result.ok) return
      const id = result.saved.connectionId
      assert.equal(await fixture.stored(id, 'access_token'), account.living('access')?.value)
      const named = profileEndpoint(provider, provider.server) ?? provider.validation
      assert.include((await fixture.row(id)).provider_account_id, named ? account.id : NOBODY)
      if (!provider.refresh.supported) return
      assert.equal(await fixture.stored(id, 'refresh_token'), account.living('refresh')?.value ?? null)
      if (dialect.tokens.presents === 'refresh') assert.isNotNull(await fixture.stored(id, 'refresh_token'))
      assert.isTrue(account.living('access')?.longLived, 'the token is the short-lived one')
      fixture.clock.advance(25 * HOUR)
      if (dialect.tokens.extends === false) account.say('extended')
      const renewed = await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
      assert.equal(renewed.status, 'refreshed', `${renewed.reason} ${renewed.errorCode}`)
    }))

  if (provider.alsoGranted) {
    test(`${provider.id}: one consent gives each of its chains a connection of its own`, (context) =>
      onFreshGround(context, async (fixture) => {
        const { assert } = context
        const vendor = fixture.simulator.vendor(dialect.id)
        const result = await connect(context, fixture, subject, {
          ask: (url) => url.searchParams.set('user_scope', 'users:read'),
        })
        assert.isTrue(result.ok, JSON.stringify(result))
        if (!result.ok) return
        const ids = [result.saved, ...result.further].map(({ connectionId }) => connectionId)
        assert.lengthOf(ids, 2)
        for (const id of ids) {
          const token = vendor.token(String(await fixture.stored(id, 'refresh_token')), 'refresh')
          assert.isTrue(token?.live)
          fixture.clock.advance(HOUR)
          const renewed = await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
          assert.equal(renewed.status, 'refreshed', `${renewed.reason} ${renewed.errorCode}`)
          assert.equal(await fixture.stored(id, 'access_token'), token?.account.living('access')?.value)
        }
        assert.lengthOf(
          [...vendor.accounts.values()].filter(({ refreshes }) => refreshes === 1),
          2
        )
      }))
  }

  test(`${provider.id}: a code that the vendor does not know connects nothing`, (context) =>
    onFreshGround(context, async (fixture) => {
      const result = await connect(context, fixture, subject, {
        comeBack: (url) => url.searchParams.set(provider.codeParam, 'made-up'),
      })
      context.assert.deepInclude(result, { ok: false, step: 'exchange' })
    }))
}

async function connect(
  { assert }: TestContext,
  fixture: ContractFixture,
  { provider }: Subject,
  change: { ask?: (url: URL) => void; comeBack?: (url: URL) => void } = {}
) {
  const { engine, simulator, clock, organizationId } = fixture
  const begun = beginAuthorization({ provider, server: provider.server, redirectUri })
  const asked = new URL(begun.url)
  change.ask?.(asked)
  const address = simulator.urlFor(asked.href)
  assert.isNotNull(address, `no dialect stands for ${asked.href}`)
  const answer = await fetch(address ?? '', { redirect: 'manual' })
  assert.equal(answer.status, 302, `the vendor refuses ${asked.href}: ${await answer.text()}`)
  const url = new URL(answer.headers.get('location') ?? '')
  change.comeBack?.(url)
  return finishConnect(engine, {
    provider,
    url: url.href,
    fallback: { owner: 'owner', accountId: NOBODY },
    pending: { ...begun.pending, organizationId, reconnect: null, startedAt: clock.now() },
  })
}
