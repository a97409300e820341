import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@japa/runner'
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

test.group('Quarantine', () => {
  test('the original starts again and again without quarantine', async (context) => {
    const original = await Installation.create((work) => context.cleanup(work))
    await original.migrate()
    for (let start = 0; start < 3; start++) {
      const result = await original.ace('token:refresh')
      context.assert.equal(result.code, 0)
      context.assert.notInclude(result.stderr, 'may be a copy')
    }
    context.assert.equal((await original.ace('quarantine:lift')).code, 2)
  }).timeout(60_000)

  for (const withWitness of [false, true]) {
    test(`a copy ${withWitness ? 'with' : 'without'} its witness refreshes nothing until a person lifts the quarantine`, async (context) => {
      const { assert } = context
      const cleanup = (work: () => Promise<void>) => context.cleanup(work)
      const original = await Installation.create(cleanup)
      await original.migrate()
      await original.ace('token:refresh')
      const copy = await copyOf(original, cleanup, withWitness)
      assert.match((await copy.ace('token:refresh')).stderr, /may be a copy/)
      assert.match((await copy.ace('token:refresh')).stderr, /may be a copy/)
      assert.equal((await copy.ace('quarantine:lift')).code, 0)
      assert.notMatch((await copy.ace('token:refresh')).stderr, /may be a copy/)
      assert.notMatch((await original.ace('token:refresh')).stderr, /may be a copy/)
    }).timeout(60_000)
  }

  test('an older state restored over the original is noticed', async (context) => {
    const { assert } = context
    const original = await Installation.create((work) => context.cleanup(work))
    await original.migrate()
    await original.ace('token:refresh')
    const file = join(original.folder, 'evergrant.sqlite3')
    await copyFile(file, `${file}.backup`)
    await original.ace('token:refresh')
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
