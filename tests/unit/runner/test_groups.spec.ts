import { globSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

interface Group {
  name: string
  args: string[]
  files: string[]
}

interface Module {
  SECONDS: Record<string, number>
  testGroups(root: string, options: { faults: boolean }): Group[]
  deal(files: string[], parts: number): { files: string[]; seconds: number }[]
}

const load = (): Promise<Module> => import(app.makeURL('scripts/test_groups.js').href)

/** The spec files of the suites in adonisrc.ts. */
const specs = (names: (name: string) => boolean) =>
  app.rcFile.tests.suites
    .filter(({ name }) => names(name))
    .flatMap(({ files }) => globSync(files as string[], { cwd: app.makePath() }))
    .map((file) => file.replaceAll('\\', '/'))
    .sort()

test.group('Groups of tests', () => {
  test('each spec file of each suite is in exactly one group, and its runner is told of it', async ({
    assert,
  }) => {
    const { testGroups } = await load()
    for (const faults of [false, true]) {
      const groups = testGroups(app.makePath(), { faults })
      assert.deepEqual(
        groups.flatMap(({ files }) => files).sort(),
        specs((name) => faults || name !== 'faults')
      )
      for (const { name, args, files } of groups) {
        const [suite] = name.split(',')
        assert.deepEqual(args, [suite, `--files=${files.join(',')}`])
        assert.includeMembers(
          specs((one) => one === suite),
          files
        )
      }
    }
  })

  test('the files that are known to be slow exist', async ({ assert }) => {
    const { SECONDS } = await load()
    assert.includeMembers(globSync('tests/**/*.spec.ts', { cwd: app.makePath() }), Object.keys(SECONDS))
  })

  test('slow files are dealt first, each to the group with least to do, and no group is empty', async ({
    assert,
  }) => {
    const { deal } = await load()
    const [slow] = Object.keys((await load()).SECONDS)
    const dealt = deal(['a', 'b', 'c', slow], 2).map(({ files }) => files)
    assert.deepEqual(dealt, [[slow], ['a', 'b', 'c']])
    assert.lengthOf(deal(['a', 'b'], 5), 2)
  })
})
