import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import { aceElsewhere } from '#tests/helpers/ace_elsewhere'
import { engineFixture, postgresUrl } from '#tests/helpers/engine_fixture'
import { Installation } from '#tests/helpers/installation'

/** Makes the same installation believe in another database file, as an operator does with a copy or a backup. */
async function copyOf(
  original: Installation,
  cleanup: (work: () => Promise<void>) => void,
  withWitness: boolean
) {
  const copy = await Installation.create(cleanup)
  const file = join(original.folder, 'evergrant.sqlite3')
  await mkdir(copy.folder, { recursive: true })
  await copyFile(file, join(copy.folder, 'evergrant.sqlite3'))
  if (withWitness) await copyFile(`${file}.witness`, join(copy.folder, 'evergrant.sqlite3.witness'))
  Object.assign(copy.environment, { ENCRYPTION_KEYS: original.environment.ENCRYPTION_KEYS })
  return copy
}

/** Starts an installation's engine, as each of its processes does; tells why its database is in quarantine, or null. */
async function heldAfterStart({ environment }: Installation): Promise<unknown> {
  const { code, stderr } = await aceElsewhere(environment, 'token:refresh')
  if (code !== 0) throw new Error(stderr)
  const database = new Database(environment.DATABASE_URL.slice('sqlite:'.length), { readonly: true })
  const reason = database.prepare('SELECT quarantine_reason FROM installation').pluck().get()
  database.close()
  return reason
}

// What the operator reads is looked at once for each rule, in a process; all other starts take place in this one.
test.group('Quarantine', () => {
  test('the original starts again and again without quarantine', async (context) => {
    const { assert } = context
    const original = await Installation.create((work) => context.cleanup(work))
    await original.migrate()
    for (let start = 0; start < 2; start++) {
      const result = await original.ace('token:refresh')
      assert.equal(result.code, 0)
      assert.notInclude(result.stderr, 'may be a copy')
      assert.isNull(await heldAfterStart(original))
    }
    assert.equal((await aceElsewhere(original.environment, 'quarantine:lift')).code, 2)
  }).timeout(60_000)

  for (const [withWitness, reason] of [
    [false, /bears witness .* is not beside it/],
    [true, /copied from elsewhere/],
  ] as const) {
    test(`a copy ${withWitness ? 'with' : 'without'} its witness refreshes nothing until a person lifts the quarantine`, async (context) => {
      const { assert } = context
      const cleanup = (work: () => Promise<void>) => context.cleanup(work)
      const original = await Installation.create(cleanup)
      await original.migrate()
      assert.isNull(await heldAfterStart(original))
      const copy = await copyOf(original, cleanup, withWitness)
      assert.match((await copy.ace('token:refresh')).stderr, /may be a copy/)
      assert.match(String(await heldAfterStart(copy)), reason)
      assert.equal((await aceElsewhere(copy.environment, 'quarantine:lift')).code, 0)
      assert.isNull(await heldAfterStart(copy))
      assert.isNull(await heldAfterStart(original))
    }).timeout(60_000)
  }

  test('an older state restored over the original is noticed', async (context) => {
    const { assert } = context
    const original = await Installation.create((work) => context.cleanup(work))
    await original.migrate()
    assert.isNull(await heldAfterStart(original))
    const file = join(original.folder, 'evergrant.sqlite3')
    await copyFile(file, `${file}.backup`)
    assert.isNull(await heldAfterStart(original))
    await copyFile(`${file}.backup`, file)
    for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true })
    assert.match((await original.ace('token:refresh')).stderr, /older state/)
  }).timeout(60_000)

  for (const dialect of ['sqlite', 'postgres'] as const) {
    const offline = dialect === 'postgres' && !postgresUrl
    test(`in quarantine nothing is claimed, by no door, on ${dialect}`, async (context) => {
      const { assert } = context
      const fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      const id = await fixture.connect('ana')
      await fixture.engine.installation.check()
      await fixture.quarantine('a test')
      context.cleanup(() => fixture.engine.installation.lift().then(() => {}))
      await fixture.engine.refresh.refreshDue()
      const outcome = await fixture.engine.refresh.refreshOne(id, { kind: 'manual', force: true })
      assert.deepInclude(outcome, { status: 'deferred', reason: 'quarantine' })
      assert.lengthOf(fixture.server.presented, 0)
      assert.isTrue(await fixture.engine.installation.lift())
      assert.equal((await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })).status, 'refreshed')
    }).skip(offline, 'no PostgreSQL at TEST_DATABASE_URL')
  }
})
