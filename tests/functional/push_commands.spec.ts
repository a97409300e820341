import { rmSync } from 'node:fs'
import { test } from '@japa/runner'
import webPush from 'web-push'
import { uuid } from '#models/uuid'
import { vapidTrouble } from '#notifications/push_identity'
import { PushSubscriptions } from '#notifications/push_subscriptions'
import { Secret } from '#oauth/secret'
import { systemClock } from '#services/system_clock'
import { run } from '#store/driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { ace, FOLDER, migrated } from '#tests/helpers/processes'
import { PushService, type Subscribed } from '#tests/helpers/receivers/push_service'

const KEYS = webPush.generateVAPIDKeys()
const CONFIGURED = {
  VAPID_PUBLIC_KEY: KEYS.publicKey,
  VAPID_PRIVATE_KEY: KEYS.privateKey,
  ALLOW_PRIVATE_RECEIVERS: 'true',
}
const ORGANIZATION = uuid()

/** An installation with one organization, and people with devices. */
async function anInstallation(people: Record<string, readonly Subscribed[]>, values: Record<string, string>) {
  const env = await migrated(values)
  const driver = openSqliteDriver(env.DATABASE_URL.replace('sqlite:', ''), systemClock)
  const insert = (sql: string, given: readonly string[]) =>
    driver.transaction(() => run(sql, [...given, systemClock.now()]))
  await insert('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t)', [
    ...[ORGANIZATION, 'main', 'Main'],
  ])
  const push = new PushSubscriptions({ driver, clock: systemClock })
  for (const [email, browsers] of Object.entries(people)) {
    const userId = uuid()
    await insert('INSERT INTO users (id, email, password, created_at) VALUES (?, ?, ?, ?t)', [
      ...[userId, email, 'x'],
    ])
    await insert(
      'INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES (?, ?, ?, ?t)',
      [ORGANIZATION, userId, 'admin']
    )
    for (const { id, ...browser } of browsers)
      await push.subscribe({ userId, device: `Browser ${id.slice(0, 4)}`, ...browser })
  }
  await driver.close()
  return env
}

async function told(command: string, args: string[], env: Record<string, string>) {
  const { code, stdout, stderr } = await ace([command, ...args], env).ended
  return { code, stdout, stderr }
}

test.group('Commands of web push', (group) => {
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('push:keys prints a pair that can sign, as .env wants it, and changes nothing', async ({ assert }) => {
    const env = await migrated()
    const [lines, json] = await Promise.all([
      told('push:keys', [], env),
      // Without the rest of an installation, too: these keys are part of what makes one.
      told('push:keys', ['--json'], { ...env, ENCRYPTION_KEYS: '', APP_KEY: '' }),
    ])
    const found = /^VAPID_PUBLIC_KEY=(\S+)\nVAPID_PRIVATE_KEY=(\S+)\n$/.exec(lines.stdout)!
    assert.equal(lines.code, 0, lines.stderr)
    assert.isNull(vapidTrouble({ publicKey: found[1], privateKey: new Secret(found[2]) }))
    const { public_key: publicKey, private_key: privateKey } = JSON.parse(json.stdout) as Record<
      string,
      string
    >
    assert.isNull(vapidTrouble({ publicKey, privateKey: new Secret(privateKey) }))
    assert.notEqual(publicKey, found[1])
    assert.include(json.stderr, 'enabled again')
  })

  test('push:test reaches the devices of the only person who has some, and tells each answer', async ({
    assert,
    cleanup,
  }) => {
    const service = await PushService.start()
    cleanup(() => service.close())
    const [well, gone] = [service.subscribe(KEYS.publicKey), service.subscribe(KEYS.publicKey)]
    service.expire(gone.id)
    const people = { 'ana@example.com': [well, gone], 'ben@example.com': [] }
    const env = await anInstallation(people, CONFIGURED)

    const first = await told('push:test', ['--json'], env)
    assert.equal(first.code, 3, first.stderr)
    const { user, devices } = JSON.parse(first.stdout) as { user: string; devices: object[] }
    assert.equal(user, 'ana@example.com')
    assert.sameDeepMembers(
      devices.map((device) => ({ ...device, id: '' })),
      [
        aResult(well, { status: 'delivered', http_status: 201, code: null, answer: null }),
        aResult(gone, {
          ...{ status: 'gone', http_status: 410, code: 'subscription_gone', answer: 'expired subscription' },
        }),
      ]
    )
    const [taken] = service.takenFor(well.id)
    const { title, link } = JSON.parse(taken.text) as Record<string, string>
    assert.isNotEmpty(title)
    assert.isTrue(link.startsWith(env.APP_URL))

    const [second, nobody, none] = await Promise.all([
      told('push:test', ['--user', 'Ana@example.com'], env),
      told('push:test', ['--user=eve@example.com'], env),
      told('push:test', ['--user=ben@example.com'], env),
    ])
    const sentence = `Browser ${well.id.slice(0, 4)}: taken by its push service\n`
    assert.deepInclude(second, { code: 0, stdout: sentence })
    assert.equal(nobody.code, 2)
    assert.include(nobody.stderr, 'eve@example.com')
    assert.equal(none.code, 3)
    assert.include(none.stderr, 'ben@example.com has no device')
  })

  test('push:test asks who is meant, and says what is wrong with the keys', async ({ assert, cleanup }) => {
    const service = await PushService.start()
    cleanup(() => service.close())
    const browsers = ['', ''].map(() => [service.subscribe(KEYS.publicKey)])
    const people = { 'ana@example.com': browsers[0], 'ben@example.com': browsers[1] }
    const env = await anInstallation(people, CONFIGURED)
    const other = webPush.generateVAPIDKeys()
    const [several, missing, mixed, foreign] = await Promise.all([
      told('push:test', [], env),
      told('push:test', [], { ...env, VAPID_PUBLIC_KEY: '', VAPID_PRIVATE_KEY: '' }),
      told('push:test', [], { ...env, VAPID_PRIVATE_KEY: other.privateKey }),
      told('push:test', ['--user=ana@example.com'], {
        ...env,
        VAPID_PUBLIC_KEY: other.publicKey,
        VAPID_PRIVATE_KEY: other.privateKey,
      }),
    ])
    assert.equal(several.code, 2)
    assert.include(several.stderr, 'ana@example.com, ben@example.com')
    assert.equal(missing.code, 3)
    assert.include(missing.stderr, 'push:keys')
    assert.equal(mixed.code, 3)
    assert.include(mixed.stderr, 'not of one pair')
    assert.equal(foreign.code, 3)
    assert.include(foreign.stdout, 'refused (status 403, vapid_refused)')
  })
})

const aResult = ({ id }: Subscribed, values: object) => ({
  id: '',
  device: `Browser ${id.slice(0, 4)}`,
  ...values,
})
