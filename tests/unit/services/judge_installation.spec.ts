import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { judgeInstallation, type InstallationFacts } from '#services/doctor/judge_installation'

const MINUTE = 60_000
const HEALTHY: InstallationFacts = {
  appUrl: 'https://evergrant.example',
  isProduction: true,
  isReached: true,
  keysInUse: 1,
  dialect: 'sqlite',
  pendingMigrations: 0,
  damage: null,
  unread: false,
  freeBytes: 20 * 1024 ** 3,
  backupAge: 2 * 24 * 60 * MINUTE,
  clockOffset: 0,
  readiness: { quarantined: false, tick: { age: 400, interval: 1_000 }, lateness: 0 },
  providers: {
    configured: [
      { id: 'acme', name: 'Acme', redirectUrl: 'https://evergrant.example/connect/acme/callback' },
    ],
    broken: [],
    rejecting: [],
  },
  push: true,
  mail: false,
}
const codes = (facts: Partial<InstallationFacts>, level: 'warning' | 'problem') =>
  judgeInstallation({ ...HEALTHY, ...facts })
    .filter((one) => one.level === level)
    .map(({ code }) => code)

test.group('The doctor', () => {
  test('has nothing to say against a healthy installation, and names the redirect URLs', ({ assert }) => {
    const found = judgeInstallation(HEALTHY)
    assert.isTrue(found.every(({ level }) => level === 'ok'))
    assert.deepInclude(found.find(({ check }) => check === 'redirects')?.values, {
      url: 'https://evergrant.example/connect/acme/callback',
    })
  })

  const { readiness, providers } = HEALTHY
  test('calls it a problem: {1}')
    .with([
      [{ appUrl: 'http://evergrant.example' }, 'address_insecure'],
      [{ pendingMigrations: 2 }, 'database_behind'],
      [{ damage: 'row 3 missing from index' }, 'database_damaged'],
      [{ freeBytes: 1024 ** 3 - 1 }, 'disk_full'],
      [{ clockOffset: 5_001 }, 'clock_slow'],
      [{ clockOffset: -5_001 }, 'clock_fast'],
      [{ readiness: { ...readiness, quarantined: true } }, 'quarantine_held'],
      [{ readiness: { ...readiness, tick: { age: 10 * MINUTE, interval: 1_000 } } }, 'scheduler_silent'],
      [{ readiness: { ...readiness, lateness: 60 * MINUTE } }, 'overdue_late'],
      [{ providers: { ...providers, broken: ['acme.x'] } }, 'providers_broken'],
      [{ providers: { ...providers, rejecting: ['Acme'] } }, 'providers_rejecting'],
    ] as const)
    .run(({ assert }, [facts, code]) => assert.deepEqual(codes(facts, 'problem'), [code]))

  test('warns: {1}')
    .with([
      [{ keysInUse: 2 }, 'keys_several'],
      [{ appUrl: 'http://localhost:3333' }, 'address_local'],
      [{ isReached: false }, 'address_silent'],
      [{ backupAge: null }, 'backup_never'],
      [{ backupAge: 7 * 24 * 60 * MINUTE + 1 }, 'backup_old'],
      [{ readiness: { ...readiness, tick: null } }, 'scheduler_never'],
      [{ providers: { ...providers, configured: [] } }, 'providers_none'],
      [{ push: false }, 'notifications_silent'],
    ] as const)
    .run(({ assert }, [facts, code]) => {
      assert.deepEqual(codes(facts, 'warning'), [code])
      assert.deepEqual(codes(facts, 'problem'), [])
    })

  test('names the ways that messages can leave by, and no other', ({ assert }) => {
    const told = (push: boolean, mail: boolean) =>
      judgeInstallation({ ...HEALTHY, push, mail }).find(({ check }) => check === 'notifications')?.code
    assert.equal(told(true, true), 'notifications_fine')
    assert.equal(told(true, false), 'notifications_push')
    assert.equal(told(false, true), 'notifications_mail')
    assert.equal(told(false, false), 'notifications_silent')
  })

  test('a loopback address is fine while somebody tries the application out', ({ assert }) => {
    assert.deepEqual(codes({ appUrl: 'http://localhost:3333', isProduction: false }, 'warning'), [])
  })

  test('no scheduler and refreshes that wait for one are a problem', ({ assert }) => {
    const waiting = { ...readiness, tick: null, lateness: 60 * MINUTE }
    assert.deepEqual(codes({ readiness: waiting }, 'problem'), ['scheduler_never', 'overdue_late'])
  })

  test('whatever it finds has a sentence in each language', async ({ assert }) => {
    const i18n = await app.container.make('i18n')
    const worst = [
      HEALTHY,
      { ...HEALTHY, pendingMigrations: 1, clockOffset: 9_000, freeBytes: 1, keysInUse: 2, push: false },
    ]
    for (const facts of worst) {
      for (const { code } of judgeInstallation(facts)) {
        for (const locale of ['en', 'fr', 'ja']) {
          assert.isTrue(i18n.locale(locale).hasMessage(`setup.findings.${code}`), `${locale} ${code}`)
        }
      }
    }
  })
})
