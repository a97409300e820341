import { test } from '@japa/runner'
import type { Secret } from '#oauth/secret'
import { KeyRotation } from '#services/key_rotation'
import { TwoFactorService } from '#services/two_factor/two_factor_service'
import { openDriver, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { codeAt, peopleFixture, type PeopleFixture } from '#tests/helpers/people_fixture'
import { NEW_KEY, vaultOf } from '#tests/helpers/rotation_fixture'
import { KEYS } from '#tests/helpers/engine_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']
const STEP = 30_000

for (const dialect of dialects) {
  test.group(`Two-factor on ${dialect}`, (group) => {
    let fixture: PeopleFixture
    let userId: string
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await peopleFixture(dialect, (work) => context.cleanup(work))
      ;({ userId } = await fixture.person('admin', await fixture.organization()))
    })

    /** Turned on, with the clock in the step after that of the first code. */
    async function turnOn(): Promise<{ secret: Secret; codes: Secret[] }> {
      const { twoFactor, clock } = fixture
      await twoFactor.begin(userId)
      const { secret } = (await twoFactor.pending(userId, 'ana@example.com'))!
      const confirmed = await twoFactor.confirm(userId, codeAt(secret, clock))
      if (!confirmed.ok) throw new Error(confirmed.problem)
      clock.advance(STEP)
      return { secret, codes: confirmed.recoveryCodes }
    }

    test('it is off until the first code is right', async ({ assert }) => {
      const { twoFactor, clock } = fixture
      assert.isTrue(await twoFactor.begin(userId))
      const { secret, address } = (await twoFactor.pending(userId, 'ana@example.com'))!
      assert.match(address.reveal(), /^otpauth:\/\/totp\/Evergrant:ana%40example\.com\?/)
      assert.isFalse(await twoFactor.use(userId, codeAt(secret, clock)))
      assert.deepEqual(await twoFactor.confirm(userId, '000000'), { ok: false, problem: 'wrong_code' })
      assert.deepEqual(await twoFactor.state(userId), { since: null, recoveryCodesLeft: 0 })
      const code = codeAt(secret, clock)
      const confirmed = await twoFactor.confirm(userId, `${code.slice(0, 3)} ${code.slice(3)}`)
      assert.isTrue(confirmed.ok)
      assert.deepEqual(await twoFactor.state(userId), { since: clock.now(), recoveryCodesLeft: 10 })
      assert.isFalse(await twoFactor.begin(userId))
      assert.isNull(await twoFactor.pending(userId, 'ana@example.com'))
    })

    test('a code works once, also the one that turned it on, and none before it', async ({ assert }) => {
      const { twoFactor, clock } = fixture
      await twoFactor.begin(userId)
      const { secret } = (await twoFactor.pending(userId, ''))!
      const first = codeAt(secret, clock)
      await twoFactor.confirm(userId, first)
      assert.isFalse(await twoFactor.use(userId, first))
      clock.advance(2 * STEP)
      const older = codeAt(secret, { now: () => clock.now() - STEP })
      const code = codeAt(secret, clock)
      assert.isTrue(await twoFactor.use(userId, code))
      assert.isFalse(await twoFactor.use(userId, code))
      assert.isFalse(await twoFactor.use(userId, older))
    })

    test('of many who bring the same code at the same time, one gets in', async ({ assert }) => {
      const { secret, codes } = await turnOn()
      for (const code of [codeAt(secret, fixture.clock), codes[0].reveal()]) {
        const answers = await Promise.all(
          Array.from({ length: 6 }, () => fixture.twoFactor.use(userId, code))
        )
        assert.lengthOf(answers.filter(Boolean), 1)
      }
    })

    test('clocks may be off by one step, not by two', async ({ assert }) => {
      const { secret } = await turnOn()
      const { twoFactor, clock } = fixture
      const shown = (steps: number) => codeAt(secret, { now: () => clock.now() + steps * STEP })
      clock.advance(10 * STEP)
      assert.isFalse(await twoFactor.use(userId, shown(-2)))
      assert.isFalse(await twoFactor.use(userId, shown(2)))
      assert.isTrue(await twoFactor.use(userId, shown(-1)))
      assert.isTrue(await twoFactor.use(userId, shown(1)))
    })

    test('a recovery code works once, however it is written, and for its person only', async ({ assert }) => {
      const { codes } = await turnOn()
      const { twoFactor } = fixture
      const other = await fixture.person('viewer', await fixture.organization())
      assert.isFalse(await twoFactor.use(other.userId, codes[0].reveal()))
      assert.isTrue(await twoFactor.use(userId, codes[0].reveal().toUpperCase().replaceAll('-', ' ')))
      assert.isFalse(await twoFactor.use(userId, codes[0].reveal()))
      assert.equal((await twoFactor.state(userId)).recoveryCodesLeft, 9)
      const renewed = (await twoFactor.renewCodes(userId))!
      assert.isFalse(await twoFactor.use(userId, codes[1].reveal()))
      assert.isTrue(await twoFactor.use(userId, renewed[1].reveal()))
      assert.isNull(await twoFactor.renewCodes(other.userId))
    })

    test('neither the secret nor a code can be read from the database, and a secret moved to another person does not open', async ({
      assert,
    }) => {
      const { secret, codes } = await turnOn()
      const { twoFactor, clock } = fixture
      const rows = await fixture.all('SELECT * FROM two_factors')
      const text = JSON.stringify([rows, await fixture.all('SELECT * FROM recovery_codes')])
      for (const one of [secret, ...codes]) assert.notInclude(text, one.reveal())
      const other = await fixture.person('viewer', await fixture.organization())
      await twoFactor.begin(other.userId)
      await fixture.run('UPDATE two_factors SET secret = ? WHERE id = ?', [
        String(rows[0].secret),
        other.userId,
      ])
      assert.isNull(await twoFactor.pending(other.userId, ''))
      assert.deepEqual(await twoFactor.confirm(other.userId, codeAt(secret, clock)), {
        ok: false,
        problem: 'none',
      })
    })

    test('the secret moves under the newest key with everything else', async ({ assert, cleanup }) => {
      const { secret } = await turnOn()
      const driver = openDriver(dialect, fixture.clock)
      cleanup(() => driver.close())
      const vault = vaultOf(NEW_KEY, KEYS)
      const result = await new KeyRotation({ driver, vault }).run()
      assert.deepEqual(result.unreadable, [])
      assert.equal(result.rewrapped, 1)
      const random = () => Buffer.alloc(0)
      const rotated = new TwoFactorService({ driver, vault: vaultOf(NEW_KEY), clock: fixture.clock, random })
      assert.isTrue(await rotated.use(userId, codeAt(secret, fixture.clock)))
    })

    test('an admin resets only people who belong nowhere else', async ({ assert }) => {
      await turnOn()
      const { twoFactor } = fixture
      const [{ organization_id: home }] = await fixture.all('SELECT organization_id FROM memberships')
      const admin = await fixture.person('admin', String(home))
      const elsewhere = await fixture.organization()
      await fixture.join(elsewhere, userId, 'viewer')
      assert.equal(await twoFactor.resetBy(admin.userId, userId), 'beyond_reach')
      assert.isNotNull((await twoFactor.state(userId)).since)
      await fixture.join(elsewhere, admin.userId, 'operator')
      assert.equal(await twoFactor.resetBy(admin.userId, userId), 'beyond_reach')
      await fixture.run("UPDATE memberships SET role = 'admin' WHERE user_id = ?", [admin.userId])
      assert.equal(await twoFactor.resetBy(admin.userId, userId), 'done')
      assert.equal(await twoFactor.resetBy(admin.userId, userId), 'none')
      assert.deepEqual(await twoFactor.state(userId), { since: null, recoveryCodesLeft: 0 })
    })

    test('turning it on and a reset sign the person out everywhere; turning it off does not', async ({
      assert,
    }) => {
      const { twoFactor } = fixture
      const epoch = async () => {
        const [row] = await fixture.all('SELECT session_epoch FROM users WHERE id = ?', [userId])
        return Number(row.session_epoch)
      }
      const before = await epoch()
      assert.isFalse(await twoFactor.reset(userId))
      await turnOn()
      assert.equal(await epoch(), before + 1)
      await twoFactor.remove(userId)
      assert.equal(await epoch(), before + 1)
      await turnOn()
      assert.isTrue(await twoFactor.reset(userId))
      assert.equal(await epoch(), before + 3)
    })
  })
}
