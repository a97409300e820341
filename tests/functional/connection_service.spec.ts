import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { ConnectionFactory, sealed } from '#database/factories/connection_factory'
import { OrganizationFactory } from '#database/factories/organization_factory'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import Connection from '#models/connection'
import { uuid } from '#models/uuid'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import { ConnectionService, type SaveGrant } from '#services/connection_service'
import type { ImportLine } from '#services/import_line'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'
import { engineFixture } from '#tests/helpers/engine_fixture'
import { aProvider, aTokenSet, HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'
import { type Vault } from '#vault/vault'
import type { Clock } from '#oauth/types'

const always = aProvider()
const windowed = aProvider({ id: 'windowed', name: 'Windowed', refresh: { keepAlive: 'while_authorized' } })
const mortal = aProvider({ id: 'mortal', name: 'Mortal', refresh: { grantLifetime: '30d' } })
const clock: Clock = { now: () => NOW, monotonic: () => 0 }

async function begin() {
  await emptyTables()
  const { vault } = await app.container.make('engine')
  const providers = new ProviderRegistry([always, windowed, mortal])
  const service = new ConnectionService({ providers, vault, clock, random: () => 0 })
  const { id: organizationId } = await OrganizationFactory.create()
  const grant = (changes: Partial<SaveGrant> = {}): SaveGrant => ({
    provider: always,
    organizationId,
    account: { id: 'ana' },
    owner: 'ana',
    tokens: aTokenSet(),
    receivedAt: NOW,
    requestedScopes: ['read'],
    config: {},
    metadata: {},
    ...changes,
  })
  return { service, vault, organizationId, grant }
}

function aLine(changes: Partial<ImportLine> = {}): ImportLine {
  return {
    provider: 'acme',
    owner: 'ana',
    providerAccountId: 'ana',
    username: 'ana',
    accessToken: new Secret('at-1'),
    refreshToken: new Secret('rt-1'),
    tokenSecret: null,
    tokenType: 'oauth2',
    tokenExpiresAt: null,
    scopes: ['read'],
    config: {},
    tags: [],
    ...changes,
  }
}

const opened = (vault: Vault, connection: Connection, column: 'access_token' | 'refresh_token') => {
  const blob = column === 'access_token' ? connection.accessToken : connection.refreshToken
  const place = { organizationId: connection.organizationId, connectionId: connection.id, column }
  const result = vault.open(blob ?? '', place)
  return result.ok ? result.secret.reveal() : result.reason
}

test.group('Saving a grant', () => {
  test('a streamer who connects an account becomes its owner, unless it belongs to somebody already', async ({
    assert,
  }) => {
    const { service, grant } = await begin()
    const [ana, bob] = [(await aPerson('streamer')).user.id, (await aPerson('streamer')).user.id]
    const ownerAfter = async (ownerUserId: string | null) => {
      const { connectionId } = await service.saveGrant(grant({ ownerUserId }))
      return (await Connection.findOrFail(connectionId)).ownerUserId
    }
    assert.isNull(await ownerAfter(null))
    assert.equal(await ownerAfter(ana), ana)
    assert.equal(await ownerAfter(bob), ana)
    assert.equal(await ownerAfter(null), ana)
  })

  test('two consents for one account at once make one connection', async ({ assert }) => {
    const { service, grant } = await begin()
    const saved = await Promise.all([1, 2, 3].map(() => service.saveGrant(grant())))
    assert.lengthOf(new Set(saved.map(({ connectionId }) => connectionId)), 1)
    assert.lengthOf(
      saved.filter(({ created }) => created),
      1
    )
    const [connection, ...others] = await Connection.all()
    assert.lengthOf(others, 0)
    assert.equal(connection.grantGeneration, 3)
  })

  test('a consent is told once, and the end of a trouble that people had heard of', async ({ assert }) => {
    const { service, grant } = await begin()
    const events = async () => {
      const rows: { name: string; severity: string; data: string }[] = await db
        .from('events')
        .orderBy('created_at')
        .orderBy('dedupe_key')
      return rows.map(({ name, severity, data }) => [name, severity, JSON.parse(data)])
    }
    const { connectionId } = await service.saveGrant(grant())
    const connected = (reconnected: boolean) => [
      ...['connection.connected', 'normal'],
      { cause: null, reconnected },
    ]
    assert.deepEqual(await events(), [connected(false)])
    await service.saveGrant(grant())
    assert.deepEqual(await events(), [connected(false), connected(true)])
    const dead = { status: 'needs_reauth', status_reason: 'rejected', is_active: false }
    await db.from('connections').where('id', connectionId).update(dead)
    await service.saveGrant(grant())
    const recovered = ['connection.recovered', 'normal', { cause: 'rejected', reconnected: true }]
    assert.sameDeepMembers(await events(), [connected(false), connected(true), connected(true), recovered])
    await db
      .from('connections')
      .where('id', connectionId)
      .update({ status: 'disconnected', is_active: false })
    await service.saveGrant(grant())
    assert.lengthOf(await events(), 5)
  })

  test('a consent that comes to nothing tells nothing', async ({ assert }) => {
    const { service, grant } = await begin()
    const unsealed = new Proxy(grant().tokens.access_token, {
      get: () => {
        throw new Error('no key')
      },
    })
    await assert.rejects(() => service.saveGrant(grant({ tokens: aTokenSet({ access_token: unsealed }) })))
    assert.lengthOf(await db.from('events'), 0)
  })

  test('an import tells of no account that is new, but of each that it brings back', async ({ assert }) => {
    const { service, organizationId } = await begin()
    const { connectionId } = await service.importOne(organizationId, aLine())
    await service.importOne(organizationId, aLine({ providerAccountId: 'bob', owner: 'bob' }))
    assert.lengthOf(await db.from('events'), 0)
    await db.from('connections').where('id', connectionId).update({ status: 'error', is_active: false })
    await service.importOne(organizationId, aLine({ refreshToken: new Secret('rt-2') }))
    const events = await db.from('events').select('name', 'connection_id')
    assert.deepEqual(events, [{ name: 'connection.recovered', connection_id: connectionId }])
  })

  test('the same account in two organizations is two connections', async ({ assert }) => {
    const { service, grant } = await begin()
    const elsewhere = await OrganizationFactory.create()
    await service.saveGrant(grant())
    await service.saveGrant(grant({ organizationId: elsewhere.id }))
    assert.lengthOf(await Connection.all(), 2)
  })

  test('a reconnect drops the spare token, strikes, suspension and lease of the old grant', async ({
    assert,
  }) => {
    const { service, grant, organizationId, vault } = await begin()
    const old = await ConnectionFactory.merge({ organizationId, provider: 'acme', providerAccountId: 'ana' })
      .tap(sealed(vault))
      .tap((row) => {
        const at = DateTime.fromMillis(NOW, { zone: 'utc' })
        row.merge({
          spareRefreshToken: 'a spare',
          tokenRefreshFailedAt: at,
          isSuspended: true,
          suspendedAt: at,
        })
        row.merge({ suspendedReason: 'said so', status: 'suspended', isActive: false, retryCount: 3 })
        row.merge({ attemptId: uuid(), leaseUntil: at, workerId: uuid(), openAttempts: 1, refreshCount: 7 })
      })
      .create()
    const saved = await service.saveGrant(grant())
    assert.deepEqual(saved, { connectionId: old.id, created: false, otherAccount: false })
    const row = await Connection.findOrFail(old.id)
    for (const cleared of [
      'spareRefreshToken',
      'tokenRefreshFailedAt',
      'suspendedAt',
      'suspendedReason',
    ] as const)
      assert.isNull(row[cleared], cleared)
    for (const cleared of ['attemptId', 'leaseUntil', 'workerId', 'lastTokenRefreshAt'] as const)
      assert.isNull(row[cleared], cleared)
    assert.isTrue(row.isActive)
    assert.isFalse(row.isSuspended)
    assert.equal(row.status, 'connected')
    assert.equal(row.openAttempts, 0)
    assert.equal(row.retryCount, 0)
    assert.equal(row.refreshCount, 7)
    assert.equal(row.connectedAt!.toMillis(), old.connectedAt!.toMillis())
    assert.equal(row.grantedAt!.toMillis(), NOW)
    assert.equal(opened(vault, row, 'refresh_token'), 'rt-2')
  })

  test('a token without refresh token is stored and never planned', async ({ assert }) => {
    const { service, grant } = await begin()
    await service.saveGrant(grant({ tokens: aTokenSet({ refresh_token: null }) }))
    const row = await Connection.firstOrFail()
    assert.isNull(row.refreshToken)
    assert.isNull(row.nextRefreshAt)
    assert.equal(row.tokenExpiresAt!.toMillis(), NOW + HOUR)
  })

  test('an answer without expires_in gets the documented lifetime, marked as assumed', async ({ assert }) => {
    const { service, grant } = await begin()
    await service.saveGrant(grant({ tokens: aTokenSet({ expiresIn: null }) }))
    const row = await Connection.firstOrFail()
    assert.equal(row.expirySource, 'assumed')
    assert.equal(row.tokenExpiresAt!.toMillis(), NOW + HOUR)
    assert.equal(row.nextRefreshAt!.toMillis(), NOW + HOUR - 5 * MINUTE)
  })

  test('without an open window nothing is planned where only windows are kept alive', async ({ assert }) => {
    const { service, grant } = await begin()
    const { connectionId } = await service.saveGrant(grant({ provider: windowed }))
    assert.isNull((await Connection.findOrFail(connectionId)).nextRefreshAt)
    const keepAliveUntil = DateTime.fromMillis(NOW + 12 * HOUR, { zone: 'utc' })
    await (await Connection.findOrFail(connectionId)).merge({ keepAliveUntil }).save()
    await service.saveGrant(grant({ provider: windowed }))
    const row = await Connection.findOrFail(connectionId)
    assert.equal(row.nextRefreshAt!.toMillis(), NOW + HOUR - 5 * MINUTE)
  })

  test('the deadline of the grant comes from the answer, else from the definition', async ({ assert }) => {
    const { service, grant } = await begin()
    const { connectionId: id } = await service.saveGrant(grant({ provider: mortal }))
    assert.equal((await Connection.findOrFail(id)).grantExpiresAt!.toMillis(), NOW + 720 * HOUR)
    await service.saveGrant(grant({ provider: mortal, tokens: aTokenSet({ grantExpiresIn: HOUR }) }))
    assert.equal((await Connection.findOrFail(id)).grantExpiresAt!.toMillis(), NOW + HOUR)
  })
})

test.group('A consent during a refresh', () => {
  test('wins: the late answer to the old grant reaches neither its tokens nor its spare', async (context) => {
    const { assert } = context
    const fixture = await engineFixture('sqlite', (work) => context.cleanup(work))
    const { engine, server, provider, vault } = fixture
    const id = await fixture.connect('ana')
    const { organizationId } = await Connection.findOrFail(id)
    server.next(async (response, grant) => {
      await engine.connections.saveGrant({
        provider,
        organizationId,
        account: { id: 'ana' },
        owner: 'ana',
        tokens: aTokenSet(),
        receivedAt: fixture.clock.now(),
        requestedScopes: [],
        config: {},
        metadata: {},
      })
      json(response, 200, grant())
    })
    const outcome = await engine.refresh.refreshOne(id, { kind: 'manual' })
    assert.equal(outcome.reason, 'superseded')
    const row = await Connection.findOrFail(id)
    assert.equal(opened(vault, row, 'refresh_token'), 'rt-2')
    assert.equal(row.grantGeneration, 2)
    assert.isNull(row.spareRefreshToken)
    assert.isNull(row.attemptId)
  })
})

test.group('Importing', () => {
  test('the same line again changes nothing, other tokens replace the grant', async ({ assert }) => {
    const { service, organizationId, vault } = await begin()
    const first = await service.importOne(organizationId, aLine())
    assert.equal(first.status, 'imported')
    const again = await service.importOne(organizationId, aLine())
    assert.deepEqual(again, { status: 'unchanged', connectionId: first.connectionId })
    assert.equal((await Connection.firstOrFail()).grantGeneration, 1)
    const changed = await service.importOne(organizationId, aLine({ refreshToken: new Secret('rt-9') }))
    assert.deepEqual(changed, { status: 'updated', connectionId: first.connectionId })
    const row = await Connection.firstOrFail()
    assert.equal(row.grantGeneration, 2)
    assert.equal(opened(vault, row, 'refresh_token'), 'rt-9')
  })

  test('a line never takes the place of the token that it was refreshed into', async ({ assert }) => {
    const { service, organizationId, vault } = await begin()
    const { connectionId } = await service.importOne(organizationId, aLine())
    const row = await Connection.findOrFail(connectionId)
    sealed(vault, { access: 'at-rotated', refresh: 'rt-rotated' })(row)
    await row.save()
    assert.equal((await service.importOne(organizationId, aLine())).status, 'unchanged')
    assert.equal(opened(vault, await Connection.findOrFail(connectionId), 'refresh_token'), 'rt-rotated')
  })

  test('nor that of a token which the refresh log knows as spent', async ({ assert }) => {
    const { service, organizationId, vault, grant } = await begin()
    const { connectionId } = await service.saveGrant(grant())
    const row = await Connection.findOrFail(connectionId)
    await RefreshAttemptFactory.merge({ organizationId, connectionId, oldFp: row.credentialFp }).create()
    sealed(vault, { refresh: 'rt-rotated' })(row)
    await row.save()
    const line = aLine({ refreshToken: new Secret('rt-2') })
    assert.equal((await service.importOne(organizationId, line)).status, 'unchanged')
  })

  test('nor that of a grant which the person gave later', async ({ assert }) => {
    const { service, organizationId, grant } = await begin()
    await service.importOne(organizationId, aLine())
    await service.saveGrant(grant())
    assert.equal((await service.importOne(organizationId, aLine())).status, 'unchanged')
  })

  test('a token that has expired is due at once, one that has not is planned by what remains', async ({
    assert,
  }) => {
    const { service, organizationId } = await begin()
    const planned = async (
      account: string,
      tokenExpiresAt: number | null,
      changes: Partial<ImportLine> = {}
    ) => {
      const line = aLine({ providerAccountId: account, tokenExpiresAt, ...changes })
      const { connectionId } = await service.importOne(organizationId, line)
      const { nextRefreshAt, expirySource } = await Connection.findOrFail(connectionId)
      return [nextRefreshAt && nextRefreshAt.toMillis() - NOW, expirySource]
    }
    assert.deepEqual(await planned('past', NOW - HOUR), [0, 'provider'])
    assert.deepEqual(await planned('seconds', NOW + 5_000), [0, 'provider'])
    assert.deepEqual(await planned('minutes', NOW + 4 * MINUTE), [2 * MINUTE, 'provider'])
    assert.deepEqual(await planned('hour', NOW + HOUR), [55 * MINUTE, 'provider'])
    assert.deepEqual(await planned('unknown', null), [55 * MINUTE, 'assumed'])
    assert.deepEqual(await planned('access-only', null, { refreshToken: null }), [null, 'never'])
    assert.deepEqual(await planned('static', null, { refreshToken: null, tokenType: 'static' }), [
      null,
      'never',
    ])
    assert.deepEqual(await planned('windowed', NOW - HOUR, { provider: 'windowed' }), [null, 'provider'])
  })

  test('the secret of an oauth1a token is sealed, and nothing is planned', async ({ assert }) => {
    const { service, organizationId } = await begin()
    const line = aLine({ tokenType: 'oauth1a', refreshToken: null, tokenSecret: new Secret('ts-1') })
    const { connectionId } = await service.importOne(organizationId, line)
    const row = await Connection.findOrFail(connectionId)
    assert.match(row.tokenSecret ?? '', /^v1:/)
    assert.isNull(row.nextRefreshAt)
  })
})

test.group('Switching a connection', () => {
  test('pausing and resuming touch no lease, and a second click is no error', async ({ assert }) => {
    const { service, organizationId } = await begin()
    const attemptId = uuid()
    const { id } = await ConnectionFactory.merge({ organizationId, attemptId, openAttempts: 1 }).create()
    for (const word of ['pause', 'pause', 'resume', 'resume'] as const) {
      assert.deepEqual(await service[word](organizationId, id), { ok: true })
      const row = await Connection.findOrFail(id)
      assert.equal(row.pausedAt !== null, word === 'pause')
      assert.equal(row.attemptId, attemptId)
      assert.equal(row.openAttempts, 1)
    }
  })

  test('a connection of another organization, an unknown and an impossible id are not found', async ({
    assert,
  }) => {
    const { service, organizationId } = await begin()
    const elsewhere = await OrganizationFactory.create()
    const { id } = await ConnectionFactory.merge({ organizationId: elsewhere.id }).create()
    for (const other of [id, uuid(), 'nonsense']) {
      for (const word of ['pause', 'resume', 'reactivate'] as const) {
        assert.deepEqual(await service[word](organizationId, other), { ok: false, reason: 'not_found' })
      }
    }
    assert.isNull((await Connection.findOrFail(id)).pausedAt)
  })

  test('reactivating clears the strike, has the token checked at once and asks for a reconnect', async ({
    assert,
  }) => {
    const { service, organizationId, vault } = await begin()
    const build = () => ConnectionFactory.merge({ organizationId, provider: 'acme' }).tap(sealed(vault))
    const dead = await build().apply('deactivated').create()
    assert.deepEqual(await service.reactivate(organizationId, dead.id), { ok: true, reconnect: true })
    const row = await Connection.findOrFail(dead.id)
    assert.isTrue(row.isActive)
    assert.isNull(row.errorCode)
    assert.equal(row.nextRefreshAt!.toMillis(), NOW)
    const struck = await build().apply('firstStrike').create()
    assert.deepEqual(await service.reactivate(organizationId, struck.id), { ok: true })
    assert.isNull((await Connection.findOrFail(struck.id)).tokenRefreshFailedAt)
  })

  test('reactivating tells an expired token from a valid one', async ({ assert }) => {
    const { service, organizationId, vault } = await begin()
    const tokenExpiresAt = DateTime.fromMillis(NOW - HOUR, { zone: 'utc' })
    const { id } = await ConnectionFactory.merge({ organizationId, provider: 'acme', tokenExpiresAt })
      .tap(sealed(vault))
      .tap((row) => void row.merge({ isActive: false, status: 'error' }))
      .create()
    assert.deepEqual(await service.reactivate(organizationId, id), { ok: true })
    assert.equal((await Connection.findOrFail(id)).status, 'token_expired')
  })

  test('reactivating plans nothing where there is nothing to refresh', async ({ assert }) => {
    const { service, organizationId, vault } = await begin()
    const { id } = await ConnectionFactory.merge({ organizationId, provider: 'acme' })
      .apply('deactivated')
      .tap(sealed(vault, { refresh: null }))
      .create()
    await service.reactivate(organizationId, id)
    assert.isNull((await Connection.findOrFail(id)).nextRefreshAt)
  })

  test('reactivating a healthy connection changes nothing', async ({ assert }) => {
    const { service, organizationId } = await begin()
    const before = await ConnectionFactory.merge({ organizationId, provider: 'acme' }).create()
    assert.deepEqual(await service.reactivate(organizationId, before.id), { ok: true })
    const after = await Connection.findOrFail(before.id)
    assert.equal(after.updatedAt.toMillis(), before.updatedAt.toMillis())
  })
})
