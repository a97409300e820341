import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { codeAt } from '#tests/helpers/people_fixture'
import { emptyTables } from '#tests/helpers/database'
import { aceHere } from '#tests/helpers/in_process_ace'
import { aPerson } from '#tests/helpers/people'

test.group('Commands for organizations and people', (group) => {
  group.each.setup(() => emptyTables())

  test('organization:create makes one with an admin; organization:list shows it with its size', async ({
    assert,
  }) => {
    const { email } = await aPerson()
    const flags = ['--slug=north', '--name=North guild', `--admin=${email}`, '--json']
    const made = await aceHere('organization:create', ...flags)
    assert.equal(made.code, 0, made.stderr)
    const { id, slug } = JSON.parse(made.stdout)
    assert.equal(slug, 'north')
    const listed = await aceHere('organization:list', '--json')
    const north = JSON.parse(listed.stdout).organizations.find((one: { id: string }) => one.id === id)
    assert.deepInclude(north, { slug: 'north', name: 'North guild', members: 1, connections: 0 })
    assert.match(north.created_at, /^\d{4}-.*Z$/)
    assert.include((await aceHere('organization:list')).stdout, 'North guild')
  })

  test('organization:create refuses with exit code 2: {sentence}')
    .with([
      { flags: ['--slug=main', '--name=Main'], sentence: 'There is an organization with this slug already.' },
      { flags: ['--slug=No Slug', '--name=x'], sentence: 'A slug has up to 64 small letters' },
      { flags: ['--slug=south', '--name= '], sentence: 'A name has 1 to 255 ordinary characters.' },
      { flags: ['--slug=south', '--name=x', '--admin=no@example.com'], sentence: 'Nobody signs in with' },
    ])
    .run(async ({ assert }, { flags, sentence }) => {
      await aceHere('organization:create', '--slug=main', '--name=Main')
      const refused = await aceHere('organization:create', ...flags)
      assert.equal(refused.code, 2)
      assert.include(refused.stderr, sentence)
      assert.equal(refused.stdout, '')
      assert.lengthOf(JSON.parse((await aceHere('organization:list', '--json')).stdout).organizations, 1)
    })

  test('user:reset-two-factor takes the second factor away', async ({ assert }) => {
    const { email, user } = await aPerson()
    const twoFactor = await app.container.make('twoFactor')
    await twoFactor.begin(user.id)
    const { secret } = (await twoFactor.pending(user.id, email))!
    await twoFactor.confirm(user.id, codeAt(secret, { now: Date.now }))
    const done = await aceHere('user:reset-two-factor', `--email=${email}`)
    assert.equal(done.code, 0, done.stderr)
    assert.include(done.stdout, 'signs in with the password alone now')
    assert.isNull((await twoFactor.state(user.id)).since)
    assert.include(
      (await aceHere('user:reset-two-factor', `--email=${email}`)).stdout,
      'has no second factor'
    )
    assert.equal((await aceHere('user:reset-two-factor', '--email=nobody@example.com')).code, 2)
  })
})
