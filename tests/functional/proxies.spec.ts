/** Whose word is taken for where a visitor comes from, and how long a proxy may keep its connections. */
import { rmSync } from 'node:fs'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import { isProxyEntry, proxyTrust } from '#services/trusted_proxies'
import { signInForm } from '#tests/helpers/door'
import { FIRST, makeFirst } from '#tests/helpers/newcomer'
import { endWhatIsLeft, FOLDER, migrated, serve } from '#tests/helpers/processes'

test.group('Trusted proxies', (group) => {
  group.each.timeout(180_000)
  group.teardown(() => {
    endWhatIsLeft()
    rmSync(FOLDER, { recursive: true, force: true })
  })

  test('are addresses, ranges and names of ranges', ({ assert }) => {
    const entries = ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/0', 'loopback', 'uniquelocal']
    for (const entry of entries) assert.isTrue(isProxyEntry(entry), entry)
    const wrong = ['', 'nginx', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', 'fd00::/129', '*', 'true', 'toString']
    for (const entry of wrong) assert.isFalse(isProxyEntry(entry), entry)
  })

  test('are believed, and nobody else is', ({ assert }) => {
    const trusts = proxyTrust(['10.0.0.0/8', '2001:db8::7', 'loopback'])
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7', '127.0.0.1', '::1'])
      assert.isTrue(trusts(address), address)
    for (const address of ['11.0.0.1', '2001:db8::8', '192.168.0.1', '', 'unix', '::ffff:11.0.0.1'])
      assert.isFalse(trusts(address), address)
  })

  test('the audit trail names the visitor behind them, not what the visitor claims', async ({ assert }) => {
    const env = await migrated({ TRUSTED_PROXIES: '10.0.0.0/8, loopback' })
    const server = serve(env)
    await server.saw(/Set up +\S+\n/)
    await makeFirst(server.output)
    const form = await signInForm(env.APP_URL)
    assert.equal(form.headers.get('keep-alive'), 'timeout=80')
    const chain = { 'x-forwarded-for': '198.51.100.66, 203.0.113.9, 10.1.2.3' }
    assert.equal((await form.send(FIRST.email, 'wrong', chain)).status, 422)
    const { code, took } = await server.stop('SIGTERM')
    assert.equal(code, 0)
    assert.isBelow(took, 10_000, 'connections that are kept hold up nothing')
    const database = new Database(env.DATABASE_URL.replace('sqlite:', ''), { readonly: true })
    const rows = database.prepare("SELECT ip FROM audit_events WHERE action = 'session.sign_in'").all()
    database.close()
    assert.deepEqual(rows, [{ ip: '203.0.113.9' }])
  })
})
