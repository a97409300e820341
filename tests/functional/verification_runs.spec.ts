import { test } from '@japa/runner'
import Run from '#models/run'
import { platformHealth } from '#services/platform_health'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { accountOf, verificationFixture, type VerificationFixture } from '#tests/helpers/verification_fixture'

const LATER = { token_expires_at: NOW + HOUR, next_refresh_at: NOW + HOUR - 5 * MINUTE }
const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
const SUSPENDED = { status: 'suspended', status_reason: 'suspended', is_suspended: true, is_active: false }

test.group('Verifying many accounts', (group) => {
  group.each.timeout(20_000)
  let fixture: VerificationFixture
  group.each.setup(async (context) => {
    fixture = await verificationFixture('sqlite', (work) => context.cleanup(work))
  })

  /** One account of each kind. The profile of `gone` is suspended, the validation of `shaky` is in trouble. */
  async function oneOfEach(): Promise<Record<string, string>> {
    const { connect, accounts, refused, server } = fixture
    const ids = {
      fine: await connect('fine', LATER),
      stale: await connect('stale', { token_expires_at: NOW - MINUTE }),
      refused: await connect('refused', LATER),
      dead: await connect('dead', LATER),
      gone: await connect('gone', LATER),
      back: await connect('back', { ...LATER, ...SUSPENDED }),
      shaky: await connect('shaky', LATER),
      paused: await connect('paused', { ...LATER, paused_at: NOW }),
      left: await connect('left', { ...LATER, status: 'disconnected', is_active: false }),
    }
    refused.add('first-refused').add('first-dead')
    server.revoke('dead')
    accounts.on('/validate', ({ token }) => {
      if (refused.has(token)) return { status: 401, body: { message: 'invalid access token' } }
      return accountOf(token) === 'shaky' ? { status: 503, body: {} } : { body: { id: accountOf(token, '') } }
    })
    accounts.on('/me', ({ token }) => {
      const account = accountOf(token, '')
      return account === '' ? { status: 500 } : { body: { id: account, is_suspended: account === 'gone' } }
    })
    return ids
  }

  test('the figures of X3 add up, suspended accounts come back, paused and disconnected ones are no part of it', async ({
    assert,
  }) => {
    const { engine, accounts } = fixture
    accounts.on('/validate', { body: {} })
    const ids = await oneOfEach()
    const report = await engine.verificationRuns.verifyAll({
      selection: { organizationId: ORGANIZATION },
      trigger: 'command',
    })
    const stateOf = (id: string) => report.results.find((one) => one.connection_id === id)?.state
    assert.equal(stateOf(ids.fine), 'valid')
    assert.equal(stateOf(ids.back), 'valid')
    assert.equal(stateOf(ids.stale), 'expired_refreshed')
    assert.equal(stateOf(ids.refused), 'expired_refreshed')
    assert.equal(stateOf(ids.dead), 'invalid')
    assert.equal(stateOf(ids.gone), 'suspended')
    assert.equal(stateOf(ids.shaky), 'untested')
    assert.isUndefined(stateOf(ids.paused))
    assert.isUndefined(stateOf(ids.left))
    assert.deepEqual(report.stats, {
      total: 7,
      valid: 2,
      expired_refreshed: 2,
      invalid: 1,
      suspended: 1,
      untested: 1,
      connection_passed: 4,
    })
    const run = await Run.findOrFail(report.run_id)
    const counts = { total: 7, refreshed: 2, failed: 2, skipped: 3, state: 'finished', job: 'token:verify' }
    assert.containSubset(run.serialize(), counts)
    assert.deepEqual(run.summary, { stats: report.stats })
    const refreshed = await fixture.attempts(ids.stale)
    assert.containSubset(refreshed, [{ run_id: report.run_id, kind: 'health_check' }])
    assert.equal((await fixture.row(ids.back)).status, 'connected')
  })

  test('the pace is three at a time with a second between the groups', async ({ assert }) => {
    const pauses: number[] = []
    let running = 0
    let most = 0
    const { connect, accounts, sibling } = fixture
    for (let account = 0; account < 7; account++) await connect(`account-${account}`, LATER)
    accounts.on('/validate', async ({ token }) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return { body: { id: accountOf(token) } }
    })
    const engine = sibling({ sleep: async (milliseconds) => void pauses.push(milliseconds) })
    await engine.verificationRuns.verifyAll({
      selection: { organizationId: ORGANIZATION },
      trigger: 'command',
    })
    assert.deepEqual(pauses, [1_000, 1_000])
    assert.isAtMost(most, 3)
    assert.equal(accounts.count('/validate'), 7)
  })

  test('a rate limit that ends soon is waited for, so that the accounts behind it are tested too', async ({
    assert,
  }) => {
    const { connect, accounts, sibling, clock } = fixture
    for (let account = 0; account < 6; account++) await connect(`account-${account}`, LATER)
    let asked = 0
    accounts.on('/validate', ({ token }) =>
      ++asked === 2 ? { status: 429, headers: { 'retry-after': '20' } } : { body: { id: accountOf(token) } }
    )
    const engine = sibling({ sleep: async (milliseconds) => clock.advance(milliseconds) })
    const { stats } = await engine.verificationRuns.verifyAll({
      selection: { organizationId: ORGANIZATION },
      trigger: 'command',
    })
    assert.containSubset(stats, { total: 6, valid: 6, untested: 0 })
  })

  test('a run that is interrupted begins nothing new and is told as cancelled', async ({ assert }) => {
    const { engine, connect, accounts } = fixture
    for (let account = 0; account < 9; account++) await connect(`account-${account}`, LATER)
    const interruption = new AbortController()
    const report = await engine.verificationRuns.verifyAll({
      selection: { organizationId: ORGANIZATION },
      trigger: 'command',
      onProgress: () => interruption.abort(),
      signal: interruption.signal,
    })
    assert.equal(report.stats.total, 3)
    assert.equal(accounts.count('/validate'), 3)
    assert.equal((await Run.findOrFail(report.run_id)).state, 'cancelled')
  })

  test('the lighter check leaves out what was refreshed that day', async ({ assert }) => {
    const { engine, connect } = fixture
    await connect('fresh', { ...LATER, last_token_refresh_at: NOW - MINUTE })
    const old = await connect('old', { ...LATER, last_token_refresh_at: NOW - 30 * HOUR })
    const { results } = await engine.verificationRuns.verifyAll({
      selection: { organizationId: ORGANIZATION, notRefreshedSince: NOW - 12 * HOUR },
      trigger: 'schedule',
    })
    assert.deepEqual(
      results.map((one) => one.connection_id),
      [old]
    )
  })

  test('validate-and-refresh answers in the order of the ids, with a reason for each that cannot be used', async ({
    assert,
  }) => {
    const { engine } = fixture
    const ids = await oneOfEach()
    const asked = [ids.dead, ids.fine.toUpperCase(), ids.stale, ids.fine, ids.paused, 'nonsense']
    const untouched = await engine.tokenValidation.validate({
      organizationId: ORGANIZATION,
      ids: asked,
      autoRefresh: false,
    })
    assert.deepEqual(untouched.valid_connection_ids, [ids.fine])
    assert.deepEqual(
      untouched.results.map(({ connection_id: id, valid, reason }) => [id, valid, reason]),
      [
        [ids.dead, false, 'rejected'],
        [ids.fine, true, 'valid'],
        [ids.stale, false, 'expired'],
        [ids.paused, false, 'paused'],
        ['nonsense', false, 'not_found'],
      ]
    )
    assert.lengthOf(fixture.server.presented, 0)
    const refreshed = await engine.tokenValidation.validate({
      organizationId: ORGANIZATION,
      ids: asked,
      autoRefresh: true,
    })
    assert.deepEqual(refreshed.valid_connection_ids, [ids.fine, ids.stale])
  })

  test('an id of another organization is not found, and nothing is asked about it', async ({ assert }) => {
    const id = await fixture.connect('ana', LATER)
    const report = await fixture.engine.tokenValidation.validate({
      organizationId: '00000000-0000-7000-8000-00000000000b',
      ids: [id],
      autoRefresh: true,
    })
    assert.containSubset(report.results, [{ connection_id: id, valid: false, reason: 'not_found' }])
    assert.lengthOf(fixture.accounts.asked, 0)
  })

  test('the check before a session refreshes what is expiring, logs each try and its result, and says who is not fit', async ({
    assert,
  }) => {
    const { engine, connect, server, lines } = fixture
    const ids = await oneOfEach()
    const expiring = await connect('expiring')
    server.revoke('stale')
    lines.length = 0
    const health = await engine.healthCheck.checkBeforeSession([
      ids.fine,
      expiring,
      ids.stale,
      ids.gone,
      ids.paused,
    ])
    assert.isFalse(health.healthy)
    assert.equal(health.checked, 5)
    assert.deepEqual(
      health.unhealthy.map(({ connectionId, reason }) => [connectionId, reason]),
      [
        [ids.stale, 'rejected'],
        [ids.paused, 'paused'],
      ]
    )
    assert.isTrue(health.unhealthy.every(({ why, action }) => why !== '' && action !== ''))
    const told = lines.filter((one) => one.startsWith('[HealthCheck] [acme]['))
    assert.lengthOf(told, 4)
    assert.lengthOf(
      told.filter((one) => one.includes('refreshing: token expiring')),
      1
    )
    assert.lengthOf(
      told.filter((one) => one.includes('] refreshed ')),
      1
    )
    assert.lengthOf(
      told.filter((one) => one.includes('not refreshed (rejected)')),
      1
    )
    assert.notInclude(lines.join('\n'), 'first-')
    fixture.accounts.on('/validate', ({ token }) => ({ body: { id: accountOf(token, 'expiring') } }))
    const fit = await engine.healthCheck.checkBeforeSession([ids.fine, expiring])
    assert.deepEqual(fit, { healthy: true, checked: 2, unhealthy: [] })
  })

  test('a token that is expiring and cannot be renewed is not fit for a session', async ({ assert }) => {
    const { engine, connect, server } = fixture
    const id = await connect('ana')
    server.always((response) => void response.writeHead(503).end('{}'))
    const { unhealthy } = await engine.healthCheck.checkBeforeSession([id])
    assert.containSubset(unhealthy, [{ connectionId: id, reason: 'expiring' }])
  })

  test('the platforms of an owner are healthy or need a reconnect, with the address for it', async ({
    assert,
  }) => {
    const { connect } = fixture
    await connect('fine', { ...LATER, owner: 'olga' })
    const ended = await connect('ended', {
      ...LATER,
      owner: 'olga',
      provider: 'other',
      status: 'needs_reauth',
    })
    await connect('neighbour', { ...LATER, owner: 'olga', provider: 'other' })
    const left = await connect('left', {
      owner: 'olga',
      provider: 'third',
      status: 'disconnected',
      is_active: false,
    })
    await connect('somebody', { ...LATER, owner: 'sven' })
    const url = ({ id }: { id: string }) => `https://app.example/reconnect/${id}`
    assert.deepEqual(await platformHealth(ORGANIZATION, 'olga', url), [
      { platform: 'acme', connected: true, status: 'healthy', reconnect_url: null },
      { platform: 'other', connected: true, status: 'needs_reconnect', reconnect_url: url({ id: ended }) },
      { platform: 'third', connected: false, status: 'needs_reconnect', reconnect_url: url({ id: left }) },
    ])
    assert.deepEqual(await platformHealth('00000000-0000-7000-8000-00000000000b', 'olga', url), [])
    assert.deepEqual(await platformHealth(ORGANIZATION, 'nobody', url), [])
  })
})
