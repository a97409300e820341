import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { Secret } from '#oauth/secret'
import { KeyRotation } from '#services/key_rotation'
import type { StoreDriver } from '#store/driver'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { HOUR } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'
import {
  countUnder,
  NEW_KEY,
  OLD_KEY,
  RotationFixture,
  unreadable,
  unsealedPart,
  vaultOf,
} from '#tests/helpers/rotation_fixture'

/** The key of `engineFixture`. */
const FIXTURE_KEY = 'k1:dGVzdC1vbmx5LWtleS0xMjM0NTY3ODkwMTIzNDU2Nzg='
/** Each costs a process; the fault laboratory may ask for more. */
const KILLS = Math.max(3, Number(process.env.FAULT_TRIALS ?? 0))
/** More than a rotation gets done before it is killed, with its chunks of 250 and a rest after each. */
const MANY = KILLS * 1_500

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`Key rotation on ${dialect}`, (group) => {
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('everything of all organizations is under the newest key afterwards, and nothing else changed', async ({
      assert,
      cleanup,
    }) => {
      const fixture = await RotationFixture.create(dialect, cleanup, 300)
      const before = await fixture.rows()
      fixture.useKeys(NEW_KEY, OLD_KEY)
      const result = await fixture.installation.ace('encryption:rotate', '--json')
      assert.equal(result.code, 0, result.stderr)
      assert.equal(result.stderr, '')
      assert.deepEqual(JSON.parse(result.stdout), {
        key: 'KEY-1',
        rewrapped: 300,
        unreadable: 0,
        left: {},
        retired: ['key_1'],
        interrupted: false,
        unreadable_rows: [],
      })
      const after = await fixture.rows()
      assert.equal(countUnder(OLD_KEY, after), 0)
      assert.deepEqual(unreadable(after, vaultOf(NEW_KEY)), [])
      assert.deepEqual(unsealedPart(after), unsealedPart(before))

      const again = await fixture.rotate('--json')
      assert.equal(again.code, 0)
      assert.deepInclude(JSON.parse(again.stdout), { rewrapped: 0, retired: [] })
      assert.deepEqual(await fixture.rows(), after)
    }).timeout(60_000)

    test('a row that does not open is named and left alone, and its key stays in use until it is gone', async ({
      assert,
      cleanup,
    }) => {
      const fixture = await RotationFixture.create(dialect, cleanup, 12)
      const [tampered] = await fixture.rows()
      const blob = String(tampered.refresh_token).slice(0, -2) + 'AA'
      const id = String(tampered.id)
      await fixture.write('UPDATE connections SET refresh_token = ? WHERE id = ?', [blob, id])
      fixture.useKeys(NEW_KEY, OLD_KEY)
      const result = await fixture.rotate('--json')
      assert.equal(result.code, 3)
      assert.deepInclude(JSON.parse(result.stdout), {
        rewrapped: 11,
        unreadable: 1,
        left: { key_1: 1 },
        retired: [],
        unreadable_rows: [{ connection_id: id, column: 'refresh_token', reason: 'tampered' }],
      })
      assert.deepEqual((await fixture.rows())[0], { ...tampered, refresh_token: blob })

      fixture.useKeys(NEW_KEY)
      const dropped = await fixture.start()
      assert.equal(dropped.code, 1)
      assert.match(dropped.stderr, /no longer has the key "key_1"/)

      fixture.useKeys(NEW_KEY, OLD_KEY)
      await fixture.write('DELETE FROM connections WHERE id = ?', [id])
      assert.deepInclude(JSON.parse((await fixture.rotate('--json')).stdout), { retired: ['key_1'] })
      fixture.useKeys(NEW_KEY)
      assert.equal((await fixture.start()).code, 0)
    }).timeout(60_000)

    test('the secrets of added providers move, too, and one that does not open keeps its key in use', async ({
      assert,
      cleanup,
    }) => {
      const fixture = await RotationFixture.create(dialect, cleanup, 2)
      const [good, bad] = [await fixture.addProvider('good'), await fixture.addProvider('bad')]
      const broken = 'v1:key_1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA:AAAA'
      await fixture.write('UPDATE providers SET client_secret = ? WHERE id = ?', [broken, bad])
      fixture.useKeys(NEW_KEY, OLD_KEY)
      const result = await fixture.rotate('--json')
      assert.equal(result.code, 3, result.stderr)
      assert.deepInclude(JSON.parse(result.stdout), {
        rewrapped: 3,
        unreadable: 1,
        left: { key_1: 1 },
        retired: [],
        unreadable_rows: [{ provider_id: bad, column: 'client_secret', reason: 'tampered' }],
      })
      const secrets = ['client_secret-of-good', 'registration_access_token-of-good']
      assert.deepEqual(await fixture.openProvider(good, vaultOf(NEW_KEY)), secrets)

      fixture.useKeys(NEW_KEY)
      const dropped = await fixture.start()
      assert.equal(dropped.code, 1)
      assert.match(dropped.stderr, /no longer has the key "key_1"/)
      fixture.useKeys(NEW_KEY, OLD_KEY)
      await fixture.write('DELETE FROM providers WHERE id = ?', [bad])
      assert.deepInclude(JSON.parse((await fixture.rotate('--json')).stdout), { retired: ['key_1'] })
      fixture.useKeys(NEW_KEY)
      assert.equal((await fixture.start()).code, 0)
    }).timeout(60_000)

    test('with a wrong key nothing is changed', async ({ assert, cleanup }) => {
      const fixture = await RotationFixture.create(dialect, cleanup, 5)
      const [rows, keys] = [await fixture.rows(), await fixture.keys()]
      fixture.useKeys(NEW_KEY, `key_1:${NEW_KEY.split(':')[1]}`)
      const result = await fixture.installation.ace('encryption:rotate', '--json')
      assert.equal(result.code, 1)
      assert.match(result.stderr, /"key_1" in ENCRYPTION_KEYS is not the one/)
      assert.equal(result.stdout, '')
      assert.deepEqual([await fixture.rows(), await fixture.keys()], [rows, keys])
    }).timeout(60_000)

    test('while a process from before the newest key lives nothing is changed; after its restart all is', async ({
      assert,
      cleanup,
    }) => {
      const fixture = await RotationFixture.create(dialect, cleanup, 20)
      await fixture.installation.serve()
      const before = await fixture.rows()
      fixture.useKeys(NEW_KEY, OLD_KEY)
      const refused = await fixture.rotate()
      assert.equal(refused.code, 2)
      assert.match(refused.stderr, /^web \(process \d+ on .+\), started /m)
      assert.match(refused.stderr, /Restart them/)
      assert.deepEqual(await fixture.rows(), before)

      await fixture.installation.stop()
      await fixture.installation.serve()
      const result = await fixture.rotate()
      assert.equal(result.code, 0, result.stderr)
      assert.match(result.stdout, /Retired: key_1\./)
      assert.deepEqual(unreadable(await fixture.rows(), vaultOf(NEW_KEY)), [])
    }).timeout(120_000)

    test('kill -9 at any moment leaves every row readable, and the next run does the rest', async ({
      assert,
      cleanup,
    }) => {
      const fixture = await RotationFixture.create(dialect, cleanup, MANY)
      const either = vaultOf(NEW_KEY, OLD_KEY)
      fixture.useKeys(NEW_KEY, OLD_KEY)
      let kills = 0
      for (let round = 0; round < KILLS; round++) {
        const before = countUnder(NEW_KEY, await fixture.rows())
        const child = await fixture.spawnRotation()
        const isAtWork = async () => countUnder(NEW_KEY, await fixture.rows()) > before
        while (child.exitCode === null && !(await isAtWork())) await sleep(5)
        await sleep(Math.random() * 80)
        if (child.exitCode === null && child.kill('SIGKILL')) {
          await once(child, 'exit')
          kills += 1
        }
        assert.deepEqual(unreadable(await fixture.rows(), either), [])
      }
      assert.isAtLeast(kills, KILLS * 0.75)
      const left = countUnder(OLD_KEY, await fixture.rows())
      assert.isAbove(left, 0, 'the kills came too late to hit the work')
      assert.isBelow(left, MANY, 'the kills came before the work')
      const result = await fixture.rotate('--json')
      assert.equal(result.code, 0, result.stderr)
      assert.deepInclude(JSON.parse(result.stdout), { rewrapped: left, unreadable: 0, retired: ['key_1'] })
      assert.deepEqual(unreadable(await fixture.rows(), vaultOf(NEW_KEY)), [])
    }).timeout(240_000)

    test('an interrupted rotation ends with 130 and says how to go on', async ({ assert, cleanup }) => {
      const fixture = await RotationFixture.create(dialect, cleanup, 4_000)
      fixture.useKeys(NEW_KEY, OLD_KEY)
      const child = await fixture.spawnRotation()
      child.kill('SIGINT')
      await once(child, 'exit')
      assert.equal(child.exitCode, 130, child.output)
      assert.match(child.output, /Run the same command again/)
      const rows = await fixture.rows()
      assert.isAbove(countUnder(OLD_KEY, rows), 0)
      assert.deepEqual(unreadable(rows, vaultOf(NEW_KEY, OLD_KEY)), [])
      assert.isNull((await fixture.keys())[0].retired_at)
      assert.deepInclude(JSON.parse((await fixture.rotate('--json')).stdout), { retired: ['key_1'] })
    }).timeout(60_000)

    test('a refresh that comes between reading and exchanging a row wins', async ({ assert, cleanup }) => {
      const keys = ['k2:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', FIXTURE_KEY]
      const vault = vaultOf(...keys)
      const { engine, connect, server, row } = await engineFixture(dialect, cleanup, { engine: { vault } })
      const id = await connect('ana')
      const driver = openDriver(dialect)
      cleanup(() => driver.close())
      let refreshed = 0
      const meddling: StoreDriver = {
        ...driver,
        async transaction(work) {
          if (refreshed++ === 0) await engine.refresh.refreshOne(id, { kind: 'manual' })
          return driver.transaction(work)
        },
      }
      const result = await new KeyRotation({ driver: meddling, vault }).run()
      assert.deepEqual(result, { rewrapped: 0, unreadable: [], interrupted: false })
      const stored = await row(id)
      const place = {
        organizationId: String(stored.organization_id),
        connectionId: id,
        column: 'refresh_token',
      }
      const opened = vaultOf(keys[0]).open(String(stored.refresh_token), place)
      assert.isTrue(opened.ok && server.isLive(opened.secret.reveal()))
    })

    test('a spare token that is taken into use during a rotation ends under the newest key', async ({
      assert,
      cleanup,
    }) => {
      const vault = vaultOf('k2:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', FIXTURE_KEY)
      const fixture = await engineFixture(dialect, cleanup, { engine: { vault } })
      const id = await fixture.connect('ana')
      const { organization_id: organizationId } = await fixture.row(id)
      const place = { organizationId: String(organizationId), connectionId: id, column: 'refresh_token' }
      const spare = fixture.vault.seal(new Secret('the-spare'), place)
      await fixture.update(id, { spare_refresh_token: spare })
      const driver = openDriver(dialect)
      cleanup(() => driver.close())
      fixture.server.next(async (response) => {
        await new KeyRotation({ driver, vault }).run()
        json(response, 400, { error: 'invalid_grant' })
      })
      await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
      const stored = String((await fixture.row(id)).refresh_token)
      const opened = vault.open(stored, place)
      assert.isTrue(opened.ok && opened.secret.reveal() === 'the-spare')
      assert.match(stored, /^v1:k2:/)
    })

    test('sweeps that run beside rotations lose no token', async ({ assert, cleanup }) => {
      const fixture = await engineFixture(dialect, cleanup)
      const { clock, server, sibling, all } = fixture
      for (let account = 0; account < 150; account++) await fixture.connect(`account-${account}`)
      const direct = openDriver(dialect)
      cleanup(() => direct.close())
      const driver: StoreDriver = {
        ...direct,
        // Time for refreshes to change rows that were read already.
        transaction: (work) => sleep(20).then(() => direct.transaction(work)),
      }
      const ring = [FIXTURE_KEY]
      for (let round = 2; round <= 7; round++) {
        ring.unshift(`k${round}:${Buffer.alloc(32, round).toString('base64')}`)
        const vault = vaultOf(...ring)
        const { refresh } = sibling({ vault })
        clock.advance(HOUR)
        const [failed, rotated] = await Promise.all([
          sweepUntil(refresh, 150),
          new KeyRotation({ driver, vault }).run(),
        ])
        assert.equal(failed, 0)
        assert.deepInclude(rotated, { unreadable: [], interrupted: false })
        const newest = vaultOf(ring[0])
        for (const row of await all('SELECT * FROM connections')) {
          const place = { organizationId: String(row.organization_id), connectionId: String(row.id) }
          const opened = newest.open(String(row.refresh_token), { ...place, column: 'refresh_token' })
          assert.isTrue(opened.ok && server.isLive(opened.secret.reveal()))
          assert.isTrue(newest.open(String(row.access_token), { ...place, column: 'access_token' }).ok)
        }
      }
      assert.equal(server.reuses, 0)
    }).timeout(60_000)
  })
}

/** Sweeps as the scheduler does: a row that a rotation holds at this very moment is left to the next sweep. */
async function sweepUntil(refresh: Engine['refresh'], accounts: number): Promise<number> {
  let [done, broken] = [0, 0]
  while (done + broken < accounts) {
    const { refreshed, failed } = await refresh.refreshDue()
    done += refreshed
    broken += failed
  }
  return broken
}

function openDriver(dialect: Dialect): StoreDriver {
  return dialect === 'sqlite'
    ? openSqliteDriver(testDatabaseFile(), { now: Date.now, monotonic: () => performance.now() })
    : openPostgresDriver(postgresUrl ?? '')
}

test.group('Keys after a rotation', () => {
  test('a process that cannot be asked any more is passed over with --force only', async ({
    assert,
    cleanup,
  }) => {
    const fixture = await RotationFixture.create('sqlite', cleanup, 3)
    fixture.useKeys(NEW_KEY, OLD_KEY)
    const sql = `INSERT INTO workers (id, host, boot_id, pid, role, started_at, beat_at) VALUES (?, ?, ?, ?, ?, ?t, ?t)`
    const [at, id] = [Date.now() - 60_000, '01a1fc8e-d19e-714a-a81b-0478fb709bf6']
    await fixture.write(sql, [id, 'another-host', 'boot', 1, 'web', at, at])
    const refused = await fixture.rotate()
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /web \(process 1 on another-host\)/)
    assert.equal(countUnder(OLD_KEY, await fixture.rows()), 3)
    const forced = await fixture.rotate('--force', '--json')
    assert.equal(forced.code, 0)
    assert.deepInclude(JSON.parse(forced.stdout), { rewrapped: 3, retired: ['key_1'] })
  }).timeout(60_000)

  test('a retired key may stay or come back, but nothing sealed under it is forgotten', async ({
    assert,
    cleanup,
  }) => {
    const fixture = await RotationFixture.create('sqlite', cleanup, 3)
    fixture.useKeys(NEW_KEY, OLD_KEY)
    assert.equal((await fixture.rotate()).code, 0)
    assert.equal((await fixture.start()).code, 0)
    assert.isNotNull((await fixture.keys())[0].retired_at)

    await fixture.sealUnder(OLD_KEY, (await fixture.rows())[0], 'access_token')
    fixture.useKeys(NEW_KEY)
    const refused = await fixture.start()
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /no longer has the key "key_1", under which this database keeps tokens/)

    fixture.useKeys(NEW_KEY, OLD_KEY)
    assert.equal((await fixture.start()).code, 0)
    assert.isNull((await fixture.keys())[0].retired_at)
    assert.deepInclude(JSON.parse((await fixture.rotate('--json')).stdout), {
      rewrapped: 1,
      retired: ['key_1'],
    })
    fixture.useKeys(NEW_KEY)
    assert.equal((await fixture.start()).code, 0)
  }).timeout(60_000)

  test('an older key cannot become the newest again, and no id is used for two keys', async ({
    assert,
    cleanup,
  }) => {
    const fixture = await RotationFixture.create('sqlite', cleanup, 3)
    fixture.useKeys(NEW_KEY, OLD_KEY)
    assert.equal((await fixture.rotate()).code, 0)
    fixture.useKeys(OLD_KEY, NEW_KEY)
    const refused = await fixture.start()
    assert.equal(refused.code, 1)
    assert.match(
      refused.stderr,
      /begins with the key "key_1", but .* the newer key "KEY-1". Write that one first/
    )
    fixture.useKeys(`key_1:${Buffer.alloc(32, 1).toString('base64')}`, NEW_KEY)
    assert.match((await fixture.start()).stderr, /give a new key an id of its own/)
  }).timeout(60_000)

  test('a key that stands behind the newest and seals nothing can be added and taken away', async ({
    assert,
    cleanup,
  }) => {
    const fixture = await RotationFixture.create('sqlite', cleanup, 3)
    fixture.useKeys(OLD_KEY, NEW_KEY)
    assert.equal((await fixture.start()).code, 0)
    fixture.useKeys(OLD_KEY)
    assert.equal((await fixture.start()).code, 0)
    fixture.useKeys(NEW_KEY, OLD_KEY)
    assert.equal((await fixture.rotate()).code, 0)
  }).timeout(60_000)
})
