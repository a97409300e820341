import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import type { Connected, ContractFixture } from '#tests/helpers/contract_fixture'
import { HOUR } from '#tests/helpers/refresh_fixtures'
import { onFreshGround, type Subject } from '#tests/helpers/contract/subject'

const manual = { kind: 'manual' } as const

/** What becomes of a connection where the vendor grants the refresh. */
export function successRules({ provider, dialect }: Subject): void {
  const { tokens } = dialect
  const title = (rule: string) => `${provider.id}: ${rule}`

  const renewedIn = async (context: TestContext, fixture: ContractFixture, mode: string) => {
    const connected = await fixture.connect(provider)
    connected.account.say(mode)
    const outcome = await fixture.engine.refresh.refreshOne(connected.id, manual)
    context.assert.deepInclude(outcome, { status: 'refreshed', errorCode: null })
    await holdsTheTruth(context, fixture, connected)
    return connected
  }

  /** The row says what the vendor knows to be so. */
  const holdsTheTruth = async (
    { assert }: TestContext,
    { row, stored, attempt, simulator }: ContractFixture,
    { id, account, access, refresh }: Connected
  ) => {
    assert.equal(account.refreshes, 1)
    assert.equal(account.reuses, 0)
    const sent = simulator.log.entries.filter(({ account: of }) => of === account.id)
    assert.deepEqual(sent.map(({ presented, verdict }) => ({ presented, verdict })).at(0), {
      presented: (refresh ?? access).value,
      verdict: 'ok',
    })
    assert.equal(await stored(id, 'access_token'), account.living('access')?.value)
    assert.equal(await stored(id, 'refresh_token'), account.living('refresh')?.value ?? null)
    assert.deepInclude(await row(id), {
      status: 'connected',
      status_reason: null,
      refresh_count: 1,
      token_version: 2,
      token_refresh_failed_at: null,
      attempt_id: null,
    })
    assert.deepInclude(await attempt(id), { outcome: 'success', failure_class: null })
  }

  test(title('a refresh without rotation keeps what the next one needs'), (context) =>
    onFreshGround(context, async (fixture) => {
      const { id, refresh } = await renewedIn(context, fixture, 'not_rotated')
      context.assert.equal(await fixture.stored(id, 'refresh_token'), refresh?.value ?? null)
    })
  )

  test(title('a refresh with rotation stores the new pair'), (context) =>
    onFreshGround(context, async (fixture) => {
      const { id, access, refresh } = await renewedIn(context, fixture, 'rotated')
      context.assert.notEqual(await fixture.stored(id, 'access_token'), access.value)
      if (refresh) context.assert.notEqual(await fixture.stored(id, 'refresh_token'), refresh.value)
    })
  )

  test(title('the expiry in the row is the one that the vendor keeps'), (context) =>
    onFreshGround(context, async (fixture) => {
      const { id, account } = await renewedIn(context, fixture, 'success')
      const { token_expires_at: expiresAt, expiry_source: source } = await fixture.row(id)
      const known = account.living('access')?.expiresAt ?? null
      // Where the answer names no life, the definition's own stands in for it.
      const assumed = provider.refresh.assumedLifetime
      const expected = source === 'provider' ? known : assumed === null ? null : fixture.clock.now() + assumed
      context.assert.closeTo(Number(expiresAt ?? 0), Number(expected ?? 0), 1_000)
    })
  )

  test(title('two refreshes in a row work, each with what the last one left'), (context) =>
    onFreshGround(context, async (fixture) => {
      const { id, account } = await renewedIn(context, fixture, 'success')
      fixture.clock.advance(25 * HOUR)
      if (tokens.extends === false) account.say('extended')
      const outcome = await fixture.engine.refresh.refreshOne(id, manual)
      context.assert.equal(outcome.status, 'refreshed')
      context.assert.equal(account.refreshes, 2)
      context.assert.equal(await fixture.stored(id, 'access_token'), account.living('access')?.value)
    })
  )

  if (tokens.extends === false) {
    test(title('a renewal that gives no new life is told as such'), (context) =>
      onFreshGround(context, async (fixture) => {
        const { id, account } = await renewedIn(context, fixture, 'extended')
        const before = await fixture.row(id)
        fixture.clock.advance(25 * HOUR)
        account.say('not_extended')
        const outcome = await fixture.engine.refresh.refreshOne(id, manual)
        context.assert.equal(outcome.reason, 'not_extended')
        const { token_expires_at: after } = await fixture.row(id)
        context.assert.closeTo(Number(after), Number(before.token_expires_at), 1_000)
        const held = fixture.simulator
          .vendor(dialect.id)
          .token(String(await fixture.stored(id, 'access_token')), 'access')
        context.assert.isTrue(held?.live)
      })
    )
  }

  if (tokens.presents !== 'refresh') return

  test(title('a missing refresh_token keeps the old one'), (context) =>
    onFreshGround(context, async (fixture) => {
      const { id, refresh } = await renewedIn(context, fixture, 'without_refresh_token')
      context.assert.equal(await fixture.stored(id, 'refresh_token'), refresh?.value)
    })
  )
}
