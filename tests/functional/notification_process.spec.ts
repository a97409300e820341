/** The web process brings messages by itself, and ends what is on its way when it is told to end. */
import { rmSync } from 'node:fs'
import { test } from '@japa/runner'
import { uuid } from '#models/uuid'
import { ChannelService } from '#notifications/channel_service'
import { systemClock } from '#services/system_clock'
import { run } from '#store/driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'
import { ace, endWhatIsLeft, FOLDER, migrated, serve } from '#tests/helpers/processes'
import { HttpReceiver } from '#tests/helpers/receivers/http_receiver'

test.group('Notifications of the web process', (group) => {
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('an event arrives without anybody asking, SIGTERM loses none on its way, and a job sends by hand', async ({
    assert,
    cleanup,
  }) => {
    cleanup(() => void endWhatIsLeft())
    const receiver = await HttpReceiver.start(cleanup)
    const env = await migrated({ ALLOW_PRIVATE_RECEIVERS: 'true', NOTIFY_GATHER: '1s' })
    const driver = openSqliteDriver(env.DATABASE_URL.replace('sqlite:', ''), systemClock)
    cleanup(() => driver.close())
    const parsed = parseKeyRing(env.ENCRYPTION_KEYS) as { ring: KeyRing }
    const organization = uuid()
    const change = (sql: string, values: (string | number)[]) => driver.transaction(() => run(sql, values))
    await change('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t)', [
      ...[organization, 'ours', 'Ours', Date.now()],
    ])
    const channels = new ChannelService({ driver, vault: new Vault(parsed.ring), allowPrivate: true })
    const target = receiver.url()
    const added = await channels.create(organization, { kind: 'webhook', name: 'Ours', target })
    if (!added.ok) throw new Error('the channel was refused')
    await change(
      'INSERT INTO notification_rules (id, organization_id, name, channels, created_at) VALUES (?, ?, ?, ?, ?t)',
      [uuid(), organization, 'All', JSON.stringify([added.id]), Date.now()]
    )
    const happen = (cause: string) =>
      change(
        `INSERT INTO events (id, organization_id, name, severity, data, dedupe_key, created_at)
         VALUES (?, ?, 'scheduler.stalled', 'urgent', ?, ?, ?t)`,
        [uuid(), organization, JSON.stringify({ cause }), uuid(), Date.now()]
      )

    await happen('first')
    const server = serve(env)
    await receiver.arrived(1)
    assert.equal(JSON.parse(receiver.received[0].body).type, 'scheduler.stalled')

    const told = Promise.withResolvers<void>()
    receiver.next(async () => {
      await told.promise
      return { status: 204 }
    })
    await happen('second')
    await receiver.arrived(2)
    const stopped = server.stop('SIGTERM')
    told.resolve()
    assert.equal((await stopped).code, 0)
    const all = await driver.read('SELECT channel, state, attempts, last_code FROM deliveries', [])
    const own = all.filter(({ channel }) => channel === 'webhook')
    const delivered = { channel: 'webhook', state: 'delivered', attempts: 1, last_code: null }
    assert.deepEqual(own, Array(2).fill(delivered))
    // Nobody has set up mail here, which is no failure of a letter.
    const others = all.filter(({ channel }) => channel !== 'webhook')
    for (const one of others) assert.deepInclude(one, { state: 'cancelled', last_code: 'not_configured' })

    await happen('third')
    const byHand = ['job:run', 'deliveries', '--json', '--organization=ours']
    const sent = async () =>
      JSON.parse((await ace(byHand, { ...env, NOTIFY_GATHER: '1ms' }).ended).stdout).sent
    // The first run decides who hears of it, and may be too early by a moment to send it.
    assert.isAtLeast((await sent()) + (await sent()), 1)
    assert.lengthOf(receiver.received, 3)
  })
})
