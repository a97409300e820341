import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { firstPersonProblems, SETUP_LIFETIME } from '#services/people/first_person'
import { hashOf } from '#services/people/invitation_service'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { peopleFixture, type PeopleFixture } from '#tests/helpers/people_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']
const ADA = { name: ' Ada ', email: ' Ada@Example.org ', password: 'correct horse battery' }

for (const dialect of dialects) {
  test.group(`The first person on ${dialect}`, (group) => {
    let fixture: PeopleFixture
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await peopleFixture(dialect, (work) => context.cleanup(work))
    })

    const announced = async () => (await fixture.people.firstPerson.announce()) as Secret
    const make = (token: Secret, form = ADA) => fixture.people.firstPerson.make(hashOf(token), form, 'fr')
    const people = async () => (await fixture.all('SELECT id, email FROM users')).length

    test('is made as an admin of the organization "Main", and ends all tokens', async ({ assert }) => {
      const { firstPerson, members, organizations } = fixture.people
      const [one, other] = [await announced(), await announced()]
      assert.notEqual(one.reveal(), other.reveal())
      const stored = await fixture.all('SELECT token_hash FROM setup_tokens')
      assert.notInclude(JSON.stringify(stored), one.reveal())
      const made = await make(one)
      if (!made.ok) return assert.fail(made.problem)
      assert.deepEqual(
        (await organizations.list()).map(({ id, slug, name }) => ({ id, slug, name })),
        [{ id: made.organizationId, slug: 'main', name: 'Main' }]
      )
      const [member] = await members.list(made.organizationId)
      assert.containSubset(member, { email: 'ada@example.org', name: 'Ada', role: 'admin' })
      assert.deepEqual(await fixture.all('SELECT * FROM setup_tokens'), [])
      for (const token of [one, other]) {
        assert.isFalse(await firstPerson.admits(hashOf(token)))
        assert.deepEqual(await make(token), { ok: false, problem: 'too_late' })
      }
      assert.isNull(await firstPerson.announce())
    })

    test('joins the oldest organization where a command has made one', async ({ assert }) => {
      const home = await fixture.organization('north')
      const made = await make(await announced())
      assert.deepInclude(made, { ok: true, organizationId: home })
      assert.lengthOf(await fixture.people.organizations.list(), 1)
    })

    for (const shared of [true, false]) {
      const tokens = shared ? 'one token' : 'tokens of several processes'
      test(`of many who try at once with ${tokens} one succeeds, and the others are told`, async ({
        assert,
      }) => {
        const token = await announced()
        const all = [token]
        while (all.length < 6) all.push(shared ? token : await announced())
        const answers = await Promise.all(
          all.map((one, index) => make(one, { ...ADA, email: `person-${index}@example.org` }))
        )
        assert.lengthOf(
          answers.filter(({ ok }) => ok),
          1
        )
        const refusals = answers.flatMap((answer) => (answer.ok ? [] : [answer.problem]))
        assert.deepEqual(refusals, ['too_late', 'too_late', 'too_late', 'too_late', 'too_late'])
        assert.equal(await people(), 1)
        assert.lengthOf(await fixture.people.organizations.list(), 1)
      })
    }

    test('nobody comes in without a token of ours, or with one that has expired', async ({ assert }) => {
      const token = await announced()
      const refused = { ok: false, problem: 'refused' }
      assert.deepEqual(await make(new Secret(`${token.reveal()}x`)), refused)
      fixture.clock.advance(SETUP_LIFETIME)
      assert.deepEqual(await make(token), refused)
      assert.equal(await people(), 0)
      const newer = await announced()
      assert.lengthOf(await fixture.all('SELECT token_hash FROM setup_tokens'), 1)
      assert.isTrue((await make(newer)).ok)
    })

    test('an account that a command made ends all tokens, too', async ({ assert }) => {
      const token = await announced()
      await fixture.person(null)
      assert.isFalse(await fixture.people.firstPerson.isAwaited())
      assert.deepEqual(await make(token), { ok: false, problem: 'too_late' })
    })
  })
}

test.group('The first person', () => {
  test('what does not fit is named by its field', ({ assert }) => {
    assert.deepEqual(firstPersonProblems(ADA), {})
    assert.deepEqual(firstPersonProblems({ name: ' ', email: 'nowhere', password: 'short' }), {
      name: 'bad_name',
      email: 'bad_address',
      password: 'too_short',
    })
    assert.deepEqual(firstPersonProblems({ ...ADA, password: 'x'.repeat(2_000) }), { password: 'too_long' })
  })
})
