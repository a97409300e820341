import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import type { StoreDriver } from '#store/driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'
import { engineFixture, type EngineFixture } from '#tests/helpers/engine_fixture'
import { testDatabaseFile } from '#tests/helpers/database'

const manual = { kind: 'manual' } as const

/** A driver over the real database that can be told to refuse every transaction, as a full disk does. */
function moodyDriver(real: StoreDriver) {
  const state = { refuses: false }
  const driver: StoreDriver = {
    ...real,
    transaction: (work) => (state.refuses ? Promise.reject(new Error('disk full')) : real.transaction(work)),
  }
  return { driver, state }
}

function otherRing(): KeyRing {
  const parsed = parseKeyRing(`other:${Buffer.alloc(32, 7).toString('base64')}`)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.ring
}

test.group('Spool', (group) => {
  let fixture: EngineFixture
  let folder: string
  let heal = () => {}
  group.each.setup(async (context) => {
    context.cleanup(() => heal())
    fixture = await engineFixture('sqlite', (work) => context.cleanup(work))
    folder = await mkdtemp(join(tmpdir(), 'evergrant-spool-'))
    context.cleanup(() => rm(folder, { recursive: true, force: true }))
  })

  /** An engine whose database begins to refuse as soon as the provider has answered. */
  function engineThatMeetsAFullDisk() {
    const moody = moodyDriver(openSqliteDriver(testDatabaseFile(), fixture.clock))
    const engine = fixture.sibling({ driver: moody.driver, spoolFolder: folder })
    fixture.server.next((response, grant) => {
      moody.state.refuses = true
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(grant()))
    })
    heal = () => void (moody.state.refuses = false)
    return { engine, state: moody.state }
  }

  async function spooled(): Promise<string> {
    const texts = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'))
    )
    return texts.join('')
  }

  async function untilSpooled(): Promise<void> {
    while (!(await spooled()).includes('settlement')) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  test('an answer that cannot be committed is kept, sealed, and stored as soon as the database is back', async ({
    assert,
  }) => {
    const id = await fixture.connect('ana')
    const { engine, state } = engineThatMeetsAFullDisk()
    const outcome = engine.refresh.refreshOne(id, manual)
    await untilSpooled()
    const live = fixture.server.liveTokenOf('ana')
    assert.notInclude(await spooled(), live)
    state.refuses = false
    assert.equal((await outcome).status, 'refreshed')
    assert.equal(await fixture.refreshTokenOf(id), live)
    assert.equal(await spooled(), '')
  }).timeout(15_000)

  test('a process that dies with the answer in its spool loses nothing: the next start stores it', async ({
    assert,
  }) => {
    const id = await fixture.connect('ana')
    const { engine, state } = engineThatMeetsAFullDisk()
    void engine.refresh.refreshOne(id, manual)
    await untilSpooled()
    const [name] = await readdir(folder)
    const dead = join(folder, 'spool-00000000-0000-7000-8000-00000000dead.ndjson')
    await writeFile(dead, `${await readFile(join(folder, name), 'utf8')}\n{"settlement":{"claim":{"att`)
    await rm(join(folder, name))
    const next = fixture.sibling({ spoolFolder: folder })
    assert.equal((await next.recover()).restored, 1)
    assert.equal(await fixture.refreshTokenOf(id), fixture.server.liveTokenOf('ana'))
    assert.lengthOf(await fixture.attempts(id), 1)
    assert.notInclude(await readdir(folder), 'spool-00000000-0000-7000-8000-00000000dead.ndjson')
    assert.equal((await next.recover()).restored, 0)
    state.refuses = false
  }).timeout(15_000)

  test('an answer sealed under a key that was dropped stays on disk until the key is back', async ({
    assert,
  }) => {
    const id = await fixture.connect('ana')
    const { engine, state } = engineThatMeetsAFullDisk()
    void engine.refresh.refreshOne(id, manual)
    await untilSpooled()
    const [name] = await readdir(folder)
    const dead = 'spool-00000000-0000-7000-8000-00000000dead.ndjson'
    await writeFile(join(folder, dead), await readFile(join(folder, name), 'utf8'))
    await rm(join(folder, name))
    const before = await fixture.refreshTokenOf(id)
    const stranger = fixture.sibling({ spoolFolder: folder, vault: new Vault(otherRing()) })
    assert.deepInclude(await stranger.recover(), { restored: 0, unreadable: 1 })
    assert.equal(await fixture.refreshTokenOf(id), before)
    const owner = fixture.sibling({ spoolFolder: folder })
    assert.deepInclude(await owner.recover(), { restored: 1, unreadable: 0 })
    assert.equal(await fixture.refreshTokenOf(id), fixture.server.liveTokenOf('ana'))
    assert.notInclude(await readdir(folder), dead)
    state.refuses = false
  }).timeout(15_000)

  test('the spool of a process that lives is left alone', async ({ assert }) => {
    const id = await fixture.connect('ana')
    const { engine, state } = engineThatMeetsAFullDisk()
    await engine.workers.register()
    const outcome = engine.refresh.refreshOne(id, manual)
    await untilSpooled()
    assert.equal((await fixture.sibling({ spoolFolder: folder }).recover()).restored, 0)
    assert.include(await spooled(), 'settlement')
    state.refuses = false
    await outcome
  }).timeout(15_000)
})
