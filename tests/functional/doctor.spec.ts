import { test } from '@japa/runner'
import { aceHere } from '#tests/helpers/in_process_ace'
import { Installation } from '#tests/helpers/installation'
import { postgresUrl } from '#tests/helpers/engine_fixture'

test.group('doctor', () => {
  test('prints one line for each check, and JSON that says the same', async ({ assert }) => {
    const printed = await aceHere('doctor')
    assert.match(printed.stdout, /ok +database +SQLite answers and its schema is up to date\./)
    const { ok, findings } = JSON.parse((await aceHere('doctor', '--json')).stdout)
    assert.equal(ok, printed.code === 0)
    const lines = printed.stdout.trim().split('\n')
    assert.lengthOf(lines, findings.length)
    for (const [index, { message }] of findings.entries()) assert.include(lines[index], message.slice(0, 40))
  })

  test('asks no organization', async ({ assert }) => {
    const refused = await aceHere('doctor', '--organization=main')
    assert.equal(refused.code, 2)
    assert.include(refused.stderr, 'whole installation')
  })

  test('a wrong key ends with 3 and says what to do', async ({ assert, cleanup }) => {
    const installation = await Installation.create((work) => cleanup(work))
    await installation.migrate()
    await installation.ace('connection:list')
    const wrong = await Installation.create((work) => cleanup(work), {
      environment: { DATABASE_URL: installation.environment.DATABASE_URL },
    })
    const answer = await wrong.ace('doctor', '--json')
    assert.equal(answer.code, 3)
    const [found] = JSON.parse(answer.stdout).findings
    assert.deepInclude(found, { check: 'keys', level: 'problem', code: 'keys_wrong' })
    assert.include(found.message, 'ENCRYPTION_KEYS')
  }).timeout(60_000)

  test('on PostgreSQL it compares the clocks', async ({ assert, cleanup }) => {
    const installation = await Installation.create((work) => cleanup(work), { dialect: 'postgres' })
    await installation.migrate()
    const { findings } = JSON.parse((await installation.ace('doctor', '--json')).stdout)
    const codes = findings.map(({ code }: { code: string }) => code)
    assert.includeMembers(codes, ['database_fine', 'clock_fine', 'providers_fine'])
    assert.notInclude(codes, 'disk_fine')
  })
    .timeout(60_000)
    .skip(!postgresUrl, 'no PostgreSQL at TEST_DATABASE_URL')
})
