/** The rules T1 to T10: Twitch campaigns. Each test is named after its rule. */
import { rmSync } from 'node:fs'
import { DateTime } from 'luxon'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import Connection from '#models/connection'
import { NO_NUMBERS } from '#notifications/rule_numbers'
import { engineFixture } from '#tests/helpers/engine_fixture'
import { featureFixture, type FeatureFixture } from '#tests/helpers/feature_fixture'
import { featureListeners } from '#tests/helpers/feature_listeners'
import { Installation } from '#tests/helpers/installation'
import { ace, endWhatIsLeft, FOLDER, migrated, serve } from '#tests/helpers/processes'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { managerFixture } from '#tests/helpers/token_manager_fixture'
import { TokenServer } from '#tests/helpers/token_server'

const WINDOW = 12 * HOUR
const STARTED = '[Scheduler] Token refresh scheduler started'

test.group('T1 to T3: authorization windows', (group) => {
  group.each.timeout(20_000)

  test('T1: a grant refreshes the token at once, stores expiry and time, and opens twelve hours', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, admin, clock } = fixture
    const { id, account } = await fixture.join('twitch', 'streamer')
    const campaign = await fixture.campaign(id)
    clock.advance(HOUR)
    const now = clock.now()
    const opened = await engine.windows.authorize(admin, campaign, id)
    assert.deepEqual(opened, { ok: true, authorizedUntil: now + WINDOW, tokenExpiresAt: now + 4 * HOUR })
    assert.deepInclude(await fixture.row(id), {
      token_expires_at: now + 4 * HOUR,
      last_token_refresh_at: now,
      keep_alive_until: now + WINDOW,
    })
    assert.equal(account.refreshes, 1)
    assert.containSubset(await fixture.attempts(id), [{ kind: 'grant', outcome: 'success' }])
  })

  test('T1: a grant whose refresh fails opens no window, and the streamer sees why', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { id, account } = await fixture.join('twitch', 'streamer')
    const campaign = await fixture.campaign(id)
    account.say('dead')
    const refused = await fixture.engine.windows.authorize(fixture.admin, campaign, id)
    assert.isFalse(refused.ok)
    if (refused.ok) return
    assert.equal(refused.reason, 'rejected')
    assert.isNotEmpty(refused.why)
    assert.isNotEmpty(refused.advice)
    assert.equal(refused.reconnectPath, `/accounts/${id}/reconnect`)
    assert.isNull((await fixture.row(id)).keep_alive_until)
  })

  test('T2: a grant at 01:00 has a valid token at every minute until 13:00, though the cycle looks at 07:00 first', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, clock, admin } = fixture
    const { id, account } = await fixture.join('twitch', 'streamer')
    clock.advance(13 * HOUR)
    assert.equal(DateTime.fromMillis(clock.now(), { zone: 'utc' }).toFormat('HH:mm'), '01:00')
    const opened = await engine.windows.authorize(admin, await fixture.campaign(id), id)
    assert.isTrue(opened.ok)
    for (let minute = 0; minute < 12 * 60; minute++) {
      const living = account.living('access')
      assert.isAbove(living?.expiresAt ?? 0, clock.now(), `no token at minute ${minute}`)
      assert.equal(await fixture.stored(id, 'access_token'), living?.value)
      clock.advance(MINUTE)
      await engine.refresh.refreshDue()
    }
    assert.equal(account.refreshes, 4)
  })

  test('T2: a token that lives for less than ten seconds is renewed by reads, never ahead', async (context) => {
    const { assert } = context
    const cleanup = (work: () => Promise<void>) => void context.cleanup(work)
    const fixture = await engineFixture('sqlite', cleanup)
    const { tokens } = await managerFixture('sqlite', fixture, cleanup)
    fixture.server.expiresIn = 9
    const id = await fixture.connect('ana')
    await fixture.engine.refresh.refreshDue()
    assert.isNull((await fixture.row(id)).next_refresh_at)
    fixture.clock.advance(HOUR)
    await fixture.engine.refresh.refreshDue()
    assert.lengthOf(fixture.server.presented, 1)
    const token = await tokens.getValidAccessToken({ connectionId: id })
    assert.match(token.accessToken.reveal(), /^at-/)
    assert.lengthOf(fixture.server.presented, 2)
  })

  test('T3: Twitch is kept alive only while a window is open, X always', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, clock } = fixture
    const idle = await fixture.join('twitch', 'idle')
    const streamer = await fixture.join('twitch', 'streamer')
    const x = await fixture.join('x', 'fleet')
    await engine.windows.authorize(fixture.admin, await fixture.campaign(streamer.id, idle.id), streamer.id)
    for (let hour = 0; hour < 24; hour++) {
      clock.advance(HOUR)
      await engine.refresh.refreshDue()
    }
    assert.equal(idle.account.refreshes, 0)
    assert.equal(streamer.account.refreshes, 4)
    assert.equal(x.account.refreshes, 24)
    assert.isNull((await fixture.row(streamer.id)).next_refresh_at)
    assert.isAbove(Number((await fixture.row(x.id)).next_refresh_at), clock.now())
  })

  test('T3: what is kept alive when is a setting of the provider', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context, { entries: { twitch: { keep_alive: 'always' } } })
    const { id, account } = await fixture.join('twitch', 'idle')
    assert.equal((await fixture.row(id)).next_refresh_at, NOW + 3 * HOUR)
    fixture.clock.advance(3 * HOUR)
    await fixture.engine.refresh.refreshDue()
    assert.equal(account.refreshes, 1)
  })

  test('T3: and of the connection, which overrides its provider', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, admin, clock } = fixture
    const always = await fixture.join('twitch', 'always')
    const windowed = await fixture.join('x', 'windowed')
    assert.deepEqual(await engine.windows.setKeepAlive(admin, always.id, 'always'), { ok: true })
    assert.deepEqual(await engine.windows.setKeepAlive(admin, windowed.id, 'while_authorized'), { ok: true })
    for (let hour = 0; hour < 12; hour++) {
      clock.advance(HOUR)
      await engine.refresh.refreshDue()
    }
    assert.equal(always.account.refreshes, 4)
    assert.equal(windowed.account.refreshes, 0)
    assert.isNull((await fixture.row(windowed.id)).next_refresh_at)
  })
})

test.group('T4 and T5: what a connection keeps in mind', (group) => {
  group.each.timeout(20_000)

  test('T4: a token is expiring soon within its margin of one hour, and expired at its end', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    await fixture.join('twitch', 'streamer')
    const connection = await Connection.firstOrFail()
    const { marginOf } = Connection
    context.cleanup(() => void (Connection.marginOf = marginOf))
    Connection.marginOf = ({ provider }) => fixture.engine.providers.get(provider).refresh.margin
    const ending = (milliseconds: number) => {
      connection.tokenExpiresAt = DateTime.utc().plus(milliseconds)
      return [connection.isTokenExpiringSoon, connection.isTokenExpired]
    }
    assert.deepEqual(ending(HOUR + MINUTE), [false, false])
    assert.deepEqual(ending(HOUR - MINUTE), [true, false])
    assert.deepEqual(ending(-SECOND), [true, true])
  })

  test('T4: queries find the connections with an open window and those that wait for a retry', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { clock, engine } = fixture
    const open = await fixture.join('twitch', 'open')
    const closed = await fixture.join('twitch', 'closed')
    const waiting = await fixture.join('x', 'struck')
    const campaign = await fixture.campaign(open.id, closed.id)
    for (const { id } of [open, closed]) await engine.windows.authorize(fixture.admin, campaign, id)
    await engine.windows.revoke(fixture.admin, campaign, closed.id)
    waiting.account.say('dead')
    await engine.refresh.refreshOne(waiting.id, { kind: 'scheduled' })
    const now = DateTime.fromMillis(clock.now())
    const authorized = await Connection.query().withScopes((scopes) => scopes.withActiveAuthorization(now))
    const retrying = await Connection.query().withScopes((scopes) => scopes.needingRetry())
    assert.deepEqual(
      [authorized, retrying].map((found) => found.map(({ id }) => id)),
      [[open.id], [waiting.id]]
    )
  })

  test('T5: two refusals within half an hour deactivate; the first tells nobody and is tried again after 15 minutes', async (context) => {
    const { assert } = context
    const { fixture, id, account } = await struck(context)
    const { engine, clock } = fixture
    const at = clock.now()
    const first = { is_active: 1, token_refresh_failed_at: at, next_refresh_at: at + 15 * MINUTE }
    assert.deepInclude(await fixture.row(id), first)
    assert.deepEqual(fixture.transitions(), ['first_strike'])
    assert.deepEqual(await fixture.events(), [])
    clock.advance(15 * MINUTE - SECOND)
    await engine.refresh.refreshDue()
    assert.lengthOf(await refusals(fixture, id), 1)
    clock.advance(SECOND)
    await engine.refresh.refreshDue()
    const dead = { is_active: 0, status: 'needs_reauth', token_refresh_failed_at: null }
    assert.deepInclude(await fixture.row(id), dead)
    assert.deepEqual(fixture.transitions(), ['first_strike', 'deactivated'])
    assert.equal(account.refreshes, 1)
  })

  test('T5: a refusal within a minute of the first one does not count', async (context) => {
    const { fixture, id } = await struck(context)
    const since = fixture.clock.now()
    fixture.clock.advance(59 * SECOND)
    await fixture.engine.refresh.refreshOne(id, { kind: 'manual', force: true })
    const row = await fixture.row(id)
    context.assert.deepInclude(row, { is_active: 1, token_refresh_failed_at: since })
  })

  test('T5: a refusal later than half an hour after the first one is a first one again', async (context) => {
    const { fixture, id } = await struck(context)
    fixture.clock.advance(31 * MINUTE)
    await fixture.engine.refresh.refreshDue()
    const row = await fixture.row(id)
    context.assert.deepInclude(row, { is_active: 1, token_refresh_failed_at: fixture.clock.now() })
  })

  test('T5: a success clears the strike', async (context) => {
    const { fixture, id, account } = await struck(context, FALSE_REFUSAL)
    account.say('success')
    fixture.clock.advance(15 * MINUTE)
    await fixture.engine.refresh.refreshDue()
    context.assert.deepInclude(await fixture.row(id), { is_active: 1, token_refresh_failed_at: null })
    context.assert.deepEqual(fixture.transitions(), ['first_strike', 'recovered'])
  })
})

test.group('T6 and T7: the command and the scheduler', (group) => {
  group.each.timeout(120_000)
  group.each.teardown(() => {
    const left = endWhatIsLeft()
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  })
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('T6: token:refresh refreshes what is expiring, skips the rest, and reports; --dry-run changes nothing, --force ignores expiry', async (context) => {
    const { assert } = context
    const { installation, tokens } = await accounts((work) => context.cleanup(work))
    const report = async (...flags: string[]) => {
      const { code, stdout, stderr } = await installation.ace('token:refresh', ...flags, '--json')
      const { total, refreshed, failed, skipped } = JSON.parse(stdout)
      return { code, total, refreshed, failed, skipped, stderr }
    }
    const dry = await report('--dry-run')
    assert.deepInclude(dry, { code: 0, total: 3, refreshed: 0, failed: 0 })
    assert.lengthOf(tokens.presented, 0)
    assert.deepInclude(await report(), { code: 3, total: 3, refreshed: 1, failed: 1, skipped: 1 })
    assert.lengthOf(tokens.presented, 2)
    const words = await installation.ace('token:refresh', '--force', '--dry-run')
    assert.match(words.stdout, /Total 3: 3 would be refreshed, 0 skipped/)
    assert.deepInclude(await report('--force'), { code: 3, refreshed: 2, failed: 1, skipped: 0 })
  })

  test('T7: the scheduler starts with the web process and in no command; SCHEDULER_ENABLED=false silences it', async ({
    assert,
  }) => {
    const env = await migrated()
    const server = serve(env)
    await server.saw(/Token refresh scheduler started/)
    assert.include(server.output, STARTED)
    const listed = await ace(['connection:list', '--json'], env).ended
    assert.notInclude(listed.stdout + listed.stderr, '[Scheduler]')
    assert.equal((await server.stop('SIGTERM')).code, 0)
    const silent = serve({ ...env, SCHEDULER_ENABLED: 'false' })
    await silent.saw(/Token refresh scheduler is off in this process \(SCHEDULER_ENABLED=false\)/)
    assert.notInclude((await silent.stop('SIGTERM')).stdout, STARTED)
  })
})

test.group('T8 to T10: sessions and people', (group) => {
  group.each.timeout(20_000)

  test('T8: a session starts only when every member is healthy, else it says who is not, why and what to do', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, admin, clock, lines } = fixture
    const ready = await fixture.join('twitch', 'ready')
    const gone = await fixture.join('twitch', 'gone')
    const campaign = await fixture.campaign(ready.id, gone.id)
    for (const { id } of [ready, gone])
      assert.isTrue((await engine.windows.authorize(admin, campaign, id)).ok)
    // Half an hour before its end a token is expiring; the sweep has not come by.
    clock.advance(3 * HOUR + 30 * MINUTE)
    gone.account.revoke()
    const refused = await engine.campaignSessions.start(admin, campaign)
    assert.isFalse(refused.ok)
    if (refused.ok || !('unhealthy' in refused)) return assert.fail('nobody is named')
    assert.containSubset(refused.unhealthy, [
      { name: 'gone', reconnectPath: `/accounts/${gone.id}/reconnect` },
    ])
    assert.lengthOf(refused.unhealthy, 1)
    assert.isTrue(refused.unhealthy.every(({ why, advice }) => why !== '' && advice !== ''))
    assert.equal(ready.account.refreshes, 2)
    const told = lines.filter((line) => line.startsWith('[HealthCheck]'))
    assert.isTrue(told.some((line) => line.includes('refreshing: token expiring')))
    assert.isTrue(told.some((line) => line.includes('] refreshed ')))
    assert.isTrue(told.some((line) => line.includes('not refreshed')))
    await engine.campaigns.removeMember(admin, campaign, gone.id)
    assert.isTrue((await engine.campaignSessions.start(admin, campaign)).ok)
  })

  test('T8: while the session runs its members are tested again each hour', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, admin, clock } = fixture
    const { id, account } = await fixture.join('twitch', 'streamer')
    const campaign = await fixture.campaign(id)
    await engine.windows.authorize(admin, campaign, id)
    assert.isTrue((await engine.campaignSessions.start(admin, campaign)).ok)
    clock.advance(59 * MINUTE)
    assert.equal((await engine.campaignSessions.tend()).checked, 0)
    account.revoke()
    clock.advance(MINUTE)
    assert.equal((await engine.campaignSessions.tend()).checked, 1)
    const [session] = (await engine.campaigns.find(admin, campaign))?.sessions ?? []
    assert.deepEqual(
      session.unhealthy.map(({ name }) => name),
      ['streamer']
    )
  })

  test('T9: a streamer and the game masters of the campaign get a web push when a session is in trouble, and nobody else', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, admin } = fixture
    const { id } = await fixture.join('twitch', 'streamer')
    const campaign = await fixture.campaign(id)
    const { person, tell } = await featureListeners(context, fixture)
    const concerned = [await person('streamer', [id]), await person('game_master', [], [campaign])]
    const others = await Promise.all(
      (['streamer', 'game_master', 'operator'] as const).map((role) => person(role))
    )
    await engine.windows.authorize(admin, campaign, id)
    await engine.campaignSessions.start(admin, campaign)
    await engine.connections.pause(fixture.organizationId, id)
    for (let look = 0; look < 2; look++) {
      await engine.campaignSessions.tend()
      await tell()
    }
    for (const one of concerned) {
      const [message, ...further] = one.shown()
      assert.lengthOf(further, 0)
      assert.include(message.title, 'streamer')
      assert.isTrue(URL.canParse(message.link))
    }
    assert.deepEqual(
      others.flatMap((one) => one.shown()),
      []
    )
  })

  test('T9: two strikes are told once to each, on the channels that they chose', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, admin, clock } = fixture
    const { id, account } = await fixture.join('twitch', 'streamer')
    const campaign = await fixture.campaign(id)
    const { person, tell, notifications } = await featureListeners(context, fixture)
    const streamer = await person('streamer', [id])
    const master = await person('game_master', [], [campaign])
    const lists = { events: [], providers: [], tags: [], numbers: NO_NUMBERS } as const
    const choice = { ...lists, severity: 'normal', scope: 'concerned' } as const
    const inboxOnly = {
      ...choice,
      name: 'Inbox',
      channels: ['inbox'],
      digest: 'none',
      isActive: true,
    } as const
    assert.isTrue((await notifications.rules.create(master, inboxOnly)).ok)
    await engine.windows.authorize(admin, campaign, id)
    account.say('dead')
    clock.advance(HOUR)
    await engine.refresh.refreshOne(id, { kind: 'scheduled' })
    await tell()
    assert.deepEqual(streamer.shown(), [], 'a first strike is told to nobody')
    clock.advance(15 * MINUTE)
    await engine.refresh.refreshDue()
    for (let look = 0; look < 2; look++) await tell()
    assert.deepEqual(
      streamer.shown().map(({ link }) => new URL(link).pathname),
      [`/accounts/${id}/reconnect`]
    )
    assert.deepEqual(master.shown(), [])
    const { items } = await notifications.inbox.list(master)
    assert.deepEqual(
      items.map(({ matter }) => [matter.event, matter.count]),
      [['connection.deactivated', 1]]
    )
  })

  test('T9: a subscription that the push service no longer knows is removed', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { id, account } = await fixture.join('twitch', 'streamer')
    const { person, tell, notifications } = await featureListeners(context, fixture)
    const streamer = await person('streamer', [id])
    streamer.loseBrowser()
    account.say('dead')
    for (let strike = 0; strike < 2; strike++) {
      await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
      assert.lengthOf(await notifications.push.list(streamer.userId), 1)
      fixture.clock.advance(15 * MINUTE)
    }
    await tell()
    assert.deepEqual(await notifications.push.list(streamer.userId), [])
  })

  test('T10: an admin takes a deactivated streamer back: the strike is gone, and a dead grant asks for a reconnect', async (context) => {
    const { assert } = context
    const { fixture, id, account } = await struck(context, FALSE_REFUSAL)
    const { engine, clock, organizationId } = fixture
    clock.advance(15 * MINUTE)
    await engine.refresh.refreshDue()
    assert.deepInclude(await fixture.row(id), { is_active: 0, status: 'needs_reauth' })
    const refreshes = account.refreshes
    const reactivated = await engine.connections.reactivate(organizationId, id)
    assert.deepEqual(reactivated, { ok: true, reconnect: true })
    assert.deepInclude(await fixture.row(id), { is_active: 1, token_refresh_failed_at: null })
    account.say('success')
    await engine.refresh.refreshDue()
    assert.equal(account.refreshes, refreshes + 1)
    assert.deepInclude(await fixture.row(id), { is_active: 1, status: 'connected', status_reason: null })
    const told = (await fixture.events()).map(({ name }) => name)
    assert.sameMembers(told, ['connection.deactivated', 'connection.recovered'])
  })
})

/** The provider calls the grant dead, and is wrong. */
const FALSE_REFUSAL = 'false_revocation'

/** A Twitch account with an open window and a first strike, whose provider goes on refusing it. */
async function struck(context: TestContext, refusal = 'dead') {
  const fixture = await featureFixture(context)
  const { id, account } = await fixture.join('twitch', 'streamer')
  await fixture.engine.windows.authorize(fixture.admin, await fixture.campaign(id), id)
  account.say(refusal)
  fixture.clock.advance(HOUR)
  await fixture.engine.refresh.refreshOne(id, { kind: 'scheduled' })
  return { fixture, id, account }
}

async function refusals(fixture: FeatureFixture, id: string) {
  return (await fixture.attempts(id)).filter(({ outcome }) => outcome === 'failed')
}

/** An installation with three accounts: one is valid for long, one has expired, and the grant of one is dead. */
async function accounts(cleanup: (work: () => Promise<void>) => void) {
  const tokens = await TokenServer.start()
  cleanup(() => tokens.close())
  const installation = await Installation.create(cleanup, {
    environment: { ALLOW_PRIVATE_PROVIDERS: 'true' },
  })
  const local = { token_endpoint: tokens.url, client_id: 'client', client_secret: 'client-secret' }
  const file = await installation.write('providers.json', JSON.stringify({ local }))
  installation.environment.PROVIDERS_FILE = file
  const line = (account: string, refreshToken: string, expiresAt: string) =>
    JSON.stringify({
      provider: 'local',
      owner: account,
      provider_account_id: account,
      access_token: `access-${account}`,
      refresh_token: refreshToken,
      token_expires_at: expiresAt,
    })
  const lines = [
    line('valid', tokens.grant('valid'), '2100-01-01T00:00:00Z'),
    line('expired', tokens.grant('expired'), '2026-01-01T00:00:00Z'),
    line('dead', 'revoked', '2026-01-01T00:00:00Z'),
  ]
  const list = await installation.write('accounts.ndjson', lines.join('\n'))
  await installation.migrate()
  await installation.ace('connection:import', list)
  return { installation, tokens }
}
