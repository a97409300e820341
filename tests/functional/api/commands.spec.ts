/** The commands around keys, and those that say how a connection is kept alive and whose it is. */
import { test } from '@japa/runner'
import Connection from '#models/connection'
import Organization from '#models/organization'
import { callApi } from '#tests/helpers/api_caller'
import { emptyTables } from '#tests/helpers/database'
import { aceHere } from '#tests/helpers/in_process_ace'
import { Installation } from '#tests/helpers/installation'
import { aConnection, aPerson } from '#tests/helpers/people'

const open = (key: string, path: string) =>
  callApi(path, { headers: { authorization: `Bearer ${key}` } }).then(({ status }) => status)

test.group('Commands: API keys', (group) => {
  group.each.setup(() => emptyTables())

  test('as an operator types it, a key is printed once as one JSON object, and nothing else', async (context) => {
    const { assert } = context
    const installation = await Installation.create((work) => context.cleanup(work))
    await installation.migrate()
    const { code, stdout, stderr } = await installation.ace(
      'api-key:create',
      '--name=CI',
      '--abilities=*',
      '--json'
    )
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^\{"key":"evg_[\w-]+\.[\w-]+"\}\n$/)
    assert.equal(stderr, '')
  }).timeout(60_000)

  test('a key is made, listed without itself, opens what it may, and is revoked', async ({ assert }) => {
    await Organization.create({ slug: 'main', name: 'Main' })
    const made = await aceHere(
      'api-key:create',
      '--name=CI',
      '--abilities=runs:read,stats:read',
      '--expires=90d'
    )
    assert.equal(made.code, 0, made.stderr)
    const key = /evg_\S+/.exec(made.stdout)?.[0] ?? ''
    assert.include(made.stderr, 'It may: runs:read, stats:read. It ends at ')
    assert.equal(await open(key, '/runs'), 200)
    assert.equal(await open(key, '/connections'), 403)
    const listed = await aceHere('api-key:list', '--json')
    const [figures] = JSON.parse(listed.stdout).keys
    assert.deepInclude(figures, { name: 'CI', abilities: ['runs:read', 'stats:read'], state: 'active' })
    const lifetime = Date.parse(figures.expires_at) - Date.parse(figures.created_at)
    assert.equal(lifetime, 90 * 24 * 60 * 60_000)
    assert.notInclude(listed.stdout, key.split('.')[1])
    assert.equal((await aceHere('api-key:revoke', figures.id)).stdout, 'Revoked.\n')
    assert.equal(await open(key, '/runs'), 401)
    assert.match((await aceHere('api-key:list')).stdout, new RegExp(`^${figures.id}  revoked`))
  })

  test('bad usage ends with 2 and a sentence, and makes no key', async ({ assert }) => {
    await Organization.create({ slug: 'main', name: 'Main' })
    const refused: [string[], string][] = [
      [
        ['--name=CI', '--abilities=runs:raed'],
        'There is no ability "runs:raed". These exist: *, connections:read',
      ],
      [['--name=CI', '--abilities=,'], 'Name at least one ability'],
      [['--name= ', '--abilities=*'], 'A name has 1 to 255 ordinary characters'],
      [['--name=CI', '--abilities=*', '--expires=soon'], '--expires: "soon" is not a duration'],
      [['--name=CI', '--abilities=*', '--expires=0d'], 'A key that ends at once is of no use'],
      [['--name=CI', '--abilities=*', '--organization=other'], 'There is no organization "other"'],
    ]
    for (const [args, sentence] of refused) {
      const { code, stdout, stderr } = await aceHere('api-key:create', ...args)
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.include(stderr, sentence)
    }
    const unknown = await aceHere('api-key:revoke', 'nonsense')
    assert.equal(unknown.code, 2)
    assert.include(unknown.stderr, 'There is no API key nonsense in this organization.')
    assert.deepEqual(JSON.parse((await aceHere('api-key:list', '--json')).stdout), { keys: [] })
  })
})

test.group('Commands: how a connection is kept alive, and whose it is', (group) => {
  group.each.setup(() => emptyTables())

  const keepAliveOf = async (id: string) =>
    (await Connection.query().where('id', id).select('*').pojo<{ keep_alive: string | null }>().firstOrFail())
      .keep_alive

  test('keep-alive sets each named connection, takes it back with default, and a dry run changes nothing', async ({
    assert,
  }) => {
    const { organization } = await aPerson()
    const [one, other] = [await aConnection(organization), await aConnection(organization)]
    const dry = await aceHere('connection:keep-alive', one.id, '--mode=always', '--dry-run', '--json')
    assert.containSubset(JSON.parse(dry.stdout), {
      change: 'keep_alive',
      dry_run: true,
      total: 1,
      changed: 0,
    })
    assert.isNull(await keepAliveOf(one.id))
    const done = await aceHere('connection:keep-alive', one.id, other.id, '--mode=always', '--json')
    assert.equal(done.code, 0, done.stderr)
    const report = JSON.parse(done.stdout)
    assert.containSubset(report, { change: 'keep_alive', total: 2, changed: 2, failed: 0 })
    assert.containSubset(report.results, [{ connection_id: one.id, status: 'set', reason: null }])
    const windowed = await aceHere(
      'connection:keep-alive',
      '--mode=while_authorized',
      `--filter=owner:${one.owner}`
    )
    assert.equal(windowed.stdout, '1 set, 0 failed\n')
    assert.deepEqual([await keepAliveOf(one.id), await keepAliveOf(other.id)], ['while_authorized', 'always'])
    await aceHere('connection:keep-alive', one.id, '--mode=default')
    assert.isNull(await keepAliveOf(one.id))
    const wrong = await aceHere('connection:keep-alive', other.id, '--mode=toString')
    assert.equal(wrong.code, 2)
    assert.include(wrong.stderr, 'These exist: always, while_authorized, default.')
    assert.equal(await keepAliveOf(other.id), 'always')
  })

  test('link names a person of the organization by e-mail address, or nobody', async ({ assert }) => {
    const { organization, user, email } = await aPerson('streamer')
    const connection = await aConnection(organization)
    const link = (...args: string[]) =>
      aceHere('connection:link', connection.id, `--organization=${organization.slug}`, ...args)
    const { email: stranger } = await aPerson('streamer')
    const linked = await link(`--user=${email.toUpperCase()}`, '--json')
    assert.deepEqual(JSON.parse(linked.stdout), { connection_id: connection.id, owner_user_id: user.id })
    await connection.refresh()
    assert.equal(connection.ownerUserId, user.id)
    const refused: [string[], string][] = [
      [[`--user=${stranger}`], `There is no person ${stranger} in this organization.`],
      [[], 'Give either --user=EMAIL or --none.'],
      [[`--user=${email}`, '--none'], 'Give either --user=EMAIL or --none.'],
    ]
    for (const [args, sentence] of refused) {
      const { code, stderr } = await link(...args)
      assert.equal(code, 2)
      assert.include(stderr, sentence)
    }
    await connection.refresh()
    assert.equal(connection.ownerUserId, user.id)
    assert.equal((await link('--none')).stdout, 'Linked to nobody.\n')
    await connection.refresh()
    assert.isNull(connection.ownerUserId)
    const { organization: elsewhere } = await aPerson()
    const foreign = await aceHere(
      'connection:link',
      connection.id,
      '--none',
      `--organization=${elsewhere.slug}`
    )
    assert.equal(foreign.code, 2)
    assert.include(foreign.stderr, `There is no connection ${connection.id} in this organization.`)
  })
})
