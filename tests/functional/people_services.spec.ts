import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { INVITATION_LIFETIME } from '#services/people/invitation_service'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { peopleFixture, type PeopleFixture } from '#tests/helpers/people_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']
const NOBODY = '00000000-0000-7000-8000-0000000000ff'
const NEW = { name: 'Ana', password: 'correct horse battery', locale: 'fr' }

for (const dialect of dialects) {
  test.group(`People on ${dialect}`, (group) => {
    let fixture: PeopleFixture
    let home: string
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await peopleFixture(dialect, (work) => context.cleanup(work))
      home = await fixture.organization()
    })

    const rolesOf = async (organizationId: string) =>
      (await fixture.people.members.list(organizationId)).map(({ role }) => role).sort()

    async function invited(email = 'ana@example.com', role = 'operator') {
      const made = await fixture.people.invitations.invite({
        organizationId: home,
        invitedBy: null,
        email,
        role,
      })
      if (!made.ok) throw new Error(made.problem)
      return made
    }

    test('the last admin can neither be removed nor get another role', async ({ assert }) => {
      const { members } = fixture.people
      const { userId } = await fixture.person('admin', home)
      await fixture.person('operator', home)
      const place = { organizationId: home, userId }
      assert.equal(await members.remove(place), 'last_admin')
      assert.equal(await members.changeRole(place, 'operator'), 'last_admin')
      assert.equal(await members.changeRole(place, 'admin'), 'done')
      assert.deepEqual(await rolesOf(home), ['admin', 'operator'])
    })

    test('of admins who remove each other at the same time, one stays', async ({ assert }) => {
      const { members } = fixture.people
      const admins = []
      for (let count = 0; count < 6; count++) admins.push(await fixture.person('admin', home))
      const changes = admins.map(({ userId }, index) => {
        const place = { organizationId: home, userId }
        return index % 2 ? members.remove(place) : members.changeRole(place, 'viewer')
      })
      const answers = await Promise.all(changes)
      assert.lengthOf(
        answers.filter((answer) => answer === 'last_admin'),
        1
      )
      const left = await rolesOf(home)
      assert.lengthOf(
        left.filter((role) => role === 'admin'),
        1
      )
    })

    test('nobody of another organization can be changed, and no role is made up', async ({ assert }) => {
      const { members } = fixture.people
      const elsewhere = await fixture.organization()
      await fixture.person('admin', home)
      const { userId } = await fixture.person('viewer', elsewhere)
      assert.equal(await members.changeRole({ organizationId: home, userId }, 'admin'), 'unknown')
      assert.equal(await members.remove({ organizationId: home, userId }), 'unknown')
      assert.isNull(await members.find({ organizationId: home, userId }))
      assert.equal(await members.changeRole({ organizationId: elsewhere, userId }, 'owner'), 'bad_role')
      assert.deepEqual(await rolesOf(elsewhere), ['viewer'])
    })

    test('whoever is removed from the last organization is signed out everywhere, others are not', async ({
      assert,
    }) => {
      const { members } = fixture.people
      const elsewhere = await fixture.organization()
      const { userId } = await fixture.person('viewer', home)
      await fixture.join(elsewhere, userId, 'viewer')
      const epoch = async () => {
        const [row] = await fixture.all('SELECT session_epoch FROM users WHERE id = ?', [userId])
        return Number(row.session_epoch)
      }
      await members.remove({ organizationId: home, userId })
      assert.equal(await epoch(), 0)
      await members.remove({ organizationId: elsewhere, userId })
      assert.equal(await epoch(), 1)
    })

    test('an invitation makes a person with the role, once', async ({ assert }) => {
      const { joining, invitations } = fixture.people
      const { token } = await invited(' Ana@Example.com ')
      const joined = await joining.joinAsNew(token, NEW)
      assert.isTrue(joined.ok)
      const [member] = await fixture.people.members.list(home)
      assert.deepInclude(member, { email: 'ana@example.com', name: 'Ana', role: 'operator' })
      assert.deepEqual(await joining.joinAsNew(token, NEW), { ok: false, problem: 'used' })
      assert.deepEqual(await invitations.find(token), { type: 'used' })
      assert.deepEqual(await invitations.list(home), [])
    })

    test('of many who use one link at the same time, one gets in', async ({ assert }) => {
      const { token } = await invited()
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => fixture.people.joining.joinAsNew(token, NEW))
      )
      assert.lengthOf(
        answers.filter(({ ok }) => ok),
        1
      )
      assert.lengthOf(await fixture.all('SELECT id FROM users'), 1)
      assert.deepEqual(await rolesOf(home), ['operator'])
    })

    test('only the SHA-256 of a token is stored', async ({ assert }) => {
      const { token } = await invited()
      const rows = JSON.stringify(await fixture.all('SELECT * FROM invitations'))
      assert.notInclude(rows, token.reveal())
      assert.lengthOf(Buffer.from(token.reveal(), 'base64url'), 32)
    })

    test('a link ends after seven days, when it is withdrawn, and when a newer one is made', async ({
      assert,
    }) => {
      const { invitations } = fixture.people
      const { token, invitation } = await invited()
      const renewed = await invitations.renew(home, invitation.id)
      assert.deepEqual(await invitations.find(token), { type: 'unknown' })
      fixture.clock.advance(INVITATION_LIFETIME - 1)
      assert.equal((await invitations.find(renewed!.token)).type, 'open')
      fixture.clock.advance(1)
      assert.deepEqual(await invitations.find(renewed!.token), { type: 'expired' })
      assert.deepEqual(await fixture.people.joining.joinAsNew(renewed!.token, NEW), {
        ok: false,
        problem: 'expired',
      })
      const again = await invitations.renew(home, invitation.id)
      assert.isNotNull(await invitations.withdraw(home, invitation.id))
      assert.deepEqual(await invitations.find(again!.token), { type: 'withdrawn' })
      assert.isNull(await invitations.renew(home, invitation.id))
      assert.isNull(await invitations.withdraw(home, invitation.id))
    })

    test('an address is invited once at a time, and members not at all', async ({ assert }) => {
      const { invitations } = fixture.people
      const { email } = await fixture.person('viewer', home)
      const invite = (address: string, role = 'viewer') =>
        invitations.invite({ organizationId: home, invitedBy: null, email: address, role })
      const refused = async (address: string, role?: string) => {
        const answer = await invite(address, role)
        return answer.ok ? null : answer.problem
      }
      assert.equal(await refused(email), 'member_already')
      assert.equal(await refused('ana@example.com'), null)
      assert.equal(await refused('ANA@example.com'), 'invited_already')
      assert.equal(await refused('ana@example.com, eve@example.com'), 'bad_address')
      assert.equal(await refused('Eve <eve@example.com>'), 'bad_address')
      assert.equal(await refused('eve@example.com', 'owner'), 'bad_role')
    })

    test('invitations of another organization can be neither renewed nor withdrawn', async ({ assert }) => {
      const { invitations } = fixture.people
      const { invitation, token } = await invited()
      const elsewhere = await fixture.organization()
      assert.isNull(await invitations.renew(elsewhere, invitation.id))
      assert.isNull(await invitations.withdraw(elsewhere, invitation.id))
      assert.deepEqual(await invitations.list(elsewhere), [])
      assert.equal((await invitations.find(token)).type, 'open')
    })

    test('somebody with an account accepts with the invited address only', async ({ assert }) => {
      const { joining } = fixture.people
      const ana = await fixture.person(null)
      const eve = await fixture.person(null)
      const { token } = await invited(ana.email)
      assert.deepEqual(await joining.joinAsNew(token, NEW), { ok: false, problem: 'has_account' })
      assert.deepEqual(await joining.joinAs(token, eve.userId), { ok: false, problem: 'wrong_address' })
      assert.deepEqual(await joining.joinAs(token, ana.userId), {
        ok: true,
        userId: ana.userId,
        organizationId: home,
      })
      assert.deepEqual(await joining.joinAs(token, ana.userId), { ok: false, problem: 'used' })
      assert.deepEqual(await joining.joinAs(new Secret('x'), ana.userId), { ok: false, problem: 'unknown' })
    })

    test('a name and a password that do not fit are refused before the link is used', async ({ assert }) => {
      const { joining, invitations } = fixture.people
      const { token } = await invited()
      for (const [input, problem] of [
        [{ ...NEW, name: '  ' }, 'bad_name'],
        [{ ...NEW, name: 'A\u0000' }, 'bad_name'],
        [{ ...NEW, password: 'elevenchars' }, 'too_short'],
        [{ ...NEW, password: 'x'.repeat(1025) }, 'too_long'],
      ] as const) {
        assert.deepEqual(await joining.joinAsNew(token, input), { ok: false, problem })
      }
      assert.equal((await invitations.find(token)).type, 'open')
    })

    test('a new password needs the current one and ends the sessions', async ({ assert }) => {
      const { profiles } = fixture.people
      const { userId } = await fixture.person('viewer', home)
      const change = (current: string, next: string) => profiles.changePassword(userId, { current, next })
      assert.deepEqual(await change('wrong', 'the new password'), { ok: false, problem: 'wrong' })
      assert.deepEqual(await change('the old password', 'short'), { ok: false, problem: 'too_short' })
      assert.deepEqual(await change('the old password', 'the new password'), { ok: true, epoch: 1 })
      assert.deepEqual(await change('the old password', 'the new password'), { ok: false, problem: 'wrong' })
      assert.isTrue(await profiles.knowsPassword(userId, 'the new password'))
      assert.equal(await profiles.endSessions(userId), 2)
      assert.isFalse(await profiles.knowsPassword(NOBODY, 'the new password'))
    })

    test('of a profile, what does not fit is named and nothing is stored', async ({ assert }) => {
      const { profiles } = fixture.people
      const { userId } = await fixture.person('viewer', home)
      const stored = () =>
        fixture.all('SELECT full_name, locale, time_zone FROM users WHERE id = ?', [userId])
      const before = await stored()
      const bad = { name: 'a\nb', locale: 'de', timeZone: 'Mars/Olympus' }
      assert.deepEqual(await profiles.save(userId, bad), {
        name: 'bad_name',
        locale: 'bad_locale',
        timeZone: 'bad_time_zone',
      })
      assert.deepEqual(await stored(), before)
      assert.deepEqual(await profiles.save(userId, { name: ' ', locale: 'ja', timeZone: 'Asia/Tokyo' }), {})
      assert.deepEqual(await stored(), [{ full_name: null, locale: 'ja', time_zone: 'Asia/Tokyo' }])
    })

    test('an organization has a slug of its own and whoever made it as its admin', async ({ assert }) => {
      const { organizations } = fixture.people
      const { userId } = await fixture.person(null)
      const made = await organizations.create({ name: ' North ', slug: ' North-Guild ' }, userId)
      assert.isTrue(made.ok)
      if (!made.ok) return
      assert.equal(made.slug, 'north-guild')
      assert.deepEqual(await rolesOf(made.id), ['admin'])
      const refused = async (name: string, slug: string) => {
        const answer = await organizations.create({ name, slug }, userId)
        return answer.ok ? {} : answer.problems
      }
      assert.deepEqual(await refused('Other', 'north-guild'), { slug: 'slug_taken' })
      assert.deepEqual(await refused('', 'No_Slug'), { name: 'bad_name', slug: 'bad_slug' })
      assert.equal(await organizations.rename(made.id, 'a\tb'), 'bad_name')
      assert.isNull(await organizations.rename(made.id, 'South'))
      const listed = (await organizations.list()).find(({ id }) => id === made.id)
      assert.deepInclude(listed, { slug: 'north-guild', name: 'South', members: 1, connections: 0 })
    })
  })
}
