import { Readable } from 'node:stream'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { OrganizationFactory } from '#database/factories/organization_factory'
import Connection from '#models/connection'
import { ImportService, type BadLine } from '#services/import_service'
import { emptyTables } from '#tests/helpers/database'
import { checkImportLine } from '#validators/import_line'

const good = (changes: object = {}) =>
  JSON.stringify({
    provider: 'twitch',
    owner: 'ana',
    access_token: 'at-1',
    refresh_token: 'rt-1',
    ...changes,
  })

async function importText(text: string | Buffer, signal?: AbortSignal, organizationId?: string) {
  const engine = await app.container.make('engine')
  const bad: BadLine[] = []
  const summary = await new ImportService(engine.connections).run({
    organizationId: organizationId ?? (await OrganizationFactory.create()).id,
    stream: Readable.from([Buffer.from(text)]),
    check: (value) => checkImportLine(value, engine.providers),
    onBadLine: (line) => bad.push(line),
    signal,
  })
  return { ...summary, bad }
}

test.group('Importing a file', (group) => {
  group.each.setup(() => emptyTables())

  test('good lines are loaded, bad ones are named by number', async ({ assert }) => {
    const lines = [good(), 'not json', good({ owner: 'ben' }), '', good({ provider: 'twich' })]
    const result = await importText(lines.join('\n'))
    assert.deepInclude(result, { imported: 2, updated: 0, unchanged: 0, failed: 2 })
    assert.deepEqual(result.bad, [
      { line: 2, message: 'The line is not valid JSON.' },
      { line: 5, message: 'There is no provider "twich"; did you mean "twitch"?' },
    ])
  })

  const refusals: [string, string, RegExp][] = [
    [
      'an unknown field',
      good({ acces_token: 'x' }),
      /^Unknown field "acces_token"; did you mean "access_token"\?$/,
    ],
    ['a missing owner', '{"provider":"twitch","access_token":"a"}', /owner field must be defined/],
    ['an empty owner', good({ owner: ' ' }), /^The owner field must not be empty\.$/],
    ['a token that no header can carry', good({ access_token: 'a\nb' }), /access_token/],
    ['a NUL character', good({ username: 'a\u0000b' }), /NUL/],
    ['half of a character', good({ username: 'a\ud800b' }), /half of a character/],
    [
      'an owner of 300 characters',
      good({ owner: 'x'.repeat(300) }),
      /owner field must not be greater than 255/,
    ],
    ['a date that is none', good({ token_expires_at: 'soon' }), /token_expires_at field must be a date/],
    [
      'an oauth1a token without secret',
      good({ token_type: 'oauth1a', refresh_token: null }),
      /needs its token_secret/,
    ],
    ['a static token with refresh token', good({ token_type: 'static' }), /has no refresh_token/],
    ['a list', '[1]', /must be a JSON object/],
    ['a prototype key', '{"__proto__":{"x":1},"provider":"twitch"}', /Unknown field "__proto__"/],
    ['a line of 70 KiB', good({ username: 'x'.repeat(70_000) }), /longer than 64 KiB/],
  ]
  for (const [what, line, message] of refusals) {
    test(`${what} is refused in a sentence that holds no token`, async ({ assert }) => {
      const { bad, imported } = await importText(line)
      assert.equal(imported, 0)
      assert.lengthOf(bad, 1)
      assert.match(bad[0].message, message)
      assert.notMatch(bad[0].message, /at-1|rt-1/)
    })
  }

  test('text that is not UTF-8 is refused', async ({ assert }) => {
    const bytes = Buffer.concat([Buffer.from(`${good()}\n`), Buffer.from([0xff, 0xfe, 0x0a])])
    const { bad, imported } = await importText(bytes)
    assert.equal(imported, 1)
    assert.deepEqual(bad, [{ line: 2, message: 'The line is not UTF-8 text.' }])
  })

  test('names in any script survive as they are', async ({ assert }) => {
    const username = '花子 🦊 \u202eabc'
    await importText(good({ username, tags: ['é'] }))
    const row = await Connection.firstOrFail()
    assert.equal(row.username, username)
    assert.deepEqual(row.tags, ['é'])
  })

  test('the same file again changes nothing', async ({ assert }) => {
    const { id } = await OrganizationFactory.create()
    const text = Array.from({ length: 250 }, (_, index) => good({ owner: `owner-${index}` })).join('\n')
    assert.deepInclude(await importText(text, undefined, id), { imported: 250, failed: 0 })
    assert.deepInclude(await importText(text, undefined, id), { imported: 0, updated: 0, unchanged: 250 })
  })

  test('one account twice in a file is one connection with the later tokens', async ({ assert }) => {
    const result = await importText([good(), good({ refresh_token: 'rt-2' })].join('\n'))
    assert.deepInclude(result, { imported: 1, updated: 1 })
    assert.lengthOf(await Connection.all(), 1)
  })

  test('an interrupted import can simply be run again', async ({ assert }) => {
    const { id } = await OrganizationFactory.create()
    const text = Array.from({ length: 5 }, (_, index) => good({ owner: `owner-${index}` })).join('\n')
    const first = await importText(text, AbortSignal.abort(), id)
    assert.isTrue(first.interrupted)
    assert.deepInclude(await importText(text, undefined, id), { imported: 5, interrupted: false })
  })

  test('dates come as ISO 8601, as seconds or as milliseconds', async ({ assert }) => {
    const at = Date.UTC(2030, 0, 31, 12)
    for (const [index, value] of ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00', at / 1_000, at].entries()) {
      await importText(good({ owner: `owner-${index}`, token_expires_at: value }))
    }
    const rows = await Connection.all()
    assert.deepEqual(
      rows.map((row) => row.tokenExpiresAt?.toMillis()),
      [at, at, at, at]
    )
  })
})
