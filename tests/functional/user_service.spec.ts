import hash from '@adonisjs/core/services/hash'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { OrganizationFactory } from '#database/factories/organization_factory'
import users from '#services/user_service'
import { emptyTables } from '#tests/helpers/database'

const password = 'a long enough password'

test.group('People', (group) => {
  group.each.setup(() => emptyTables())

  test('an address is kept in lower case and belongs to one person', async ({ assert }) => {
    const { id: organizationId } = await OrganizationFactory.create()
    const input = { organizationId, email: ' Ana@Example.com ', password, role: 'viewer' }
    const answers = await Promise.all([users.createUser(input), users.createUser(input)])
    assert.lengthOf(
      answers.filter(({ ok }) => ok),
      1
    )
    const [user, ...others] = await db.from('users')
    assert.lengthOf(others, 0)
    assert.equal(user.email, 'ana@example.com')
    assert.isTrue(await hash.verify(user.password, password))
  })

  test('what is wrong comes back as a sentence', async ({ assert }) => {
    const { id: organizationId } = await OrganizationFactory.create()
    const good = { organizationId, email: 'ana@example.com', password, role: 'viewer' }
    for (const wrong of [
      { email: 'ana' },
      { email: 'a b@c' },
      { password: 'short' },
      { role: 'king' },
      { name: 'a\0' },
    ]) {
      const answer = await users.createUser({ ...good, ...wrong })
      assert.isFalse(answer.ok, JSON.stringify(wrong))
    }
    assert.lengthOf(await db.from('users'), 0)
  })
})
