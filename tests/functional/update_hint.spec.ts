/** The hint at a newer version: asked for once a day where somebody wants it, and believed only as far as it is harmless. */
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import update from '#config/update'
import { createTransport } from '#oauth/transport'
import { systemClock } from '#services/system_clock'
import { isNewer, readRelease } from '#services/update/release'
import { ASK_EVERY, askDaily } from '#services/update/update_hint'
import { httpsUrl } from '#start/env_rules'
import { emptyTables } from '#tests/helpers/database'
import { engineFixture, openDriver, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { aPerson } from '#tests/helpers/people'
import { HttpReceiver, type Behaviour } from '#tests/helpers/receivers/http_receiver'

const PAGE = 'https://example.com/releases/1.3.0'
const answer = (tag: unknown = 'v1.3.0', url: unknown = PAGE) =>
  JSON.stringify({ tag_name: tag, html_url: url, body: 'x'.repeat(1_000) })
const replying =
  (body: string, status = 200, headers: Record<string, string> = {}): Behaviour =>
  () => ({ status, headers: { 'content-type': 'application/json', ...headers }, body })

/** Answers that do no harm and are not believed. */
const HOSTILE: Record<string, Behaviour> = {
  'a page of HTML': replying('<!doctype html><script>alert(1)</script>'),
  'a script as the address': replying(answer('1.3.0', 'javascript:alert(1)')),
  'data as the address': replying(answer('1.3.0', 'data:text/html,<script>alert(1)</script>')),
  'an address without TLS': replying(answer('1.3.0', 'http://example.com/')),
  'an address that looks like another': replying(answer('1.3.0', 'https://github.com@evil.example/')),
  'an endless address': replying(answer('1.3.0', `https://example.com/${'a'.repeat(600)}`)),
  'markup as the version': replying(answer('<img src=x onerror=alert(1)>')),
  'numbers without end': replying(answer(`${'9'.repeat(400)}.0.0`)),
  'other types': replying(answer(['1.3.0'], { href: PAGE })),
  'null': replying('null'),
  'a list': replying('[1,2,3]'),
  'JSON that is cut': replying(answer().slice(0, 40)),
  'more than a mebibyte': replying(answer('1.3.0', PAGE).padEnd(3 * 1_048_576)),
  'a redirect': replying('', 302, { location: 'https://example.com/' }),
  'a failure with a good body': replying(answer(), 500),
  'a body that is cut': (_, response) => void response.writeHead(200, { 'content-length': '999' }).end('{'),
}

for (const dialect of ['sqlite', 'postgres'] as Dialect[]) {
  test.group(`The update hint on ${dialect}`, (group) => {
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    async function scene(cleanup: (work: () => Promise<void>) => void) {
      const { clock } = await engineFixture(dialect, cleanup)
      const server = await HttpReceiver.start(cleanup)
      const [driver, transport] = [openDriver(dialect, clock), createTransport({ clock: systemClock })]
      cleanup(async () => {
        await transport.close()
        await driver.close()
      })
      const means = { driver, transport, clock, url: server.url('/latest'), allowPrivate: true }
      return { clock, server, means, look: (current = '1.2.9') => askDaily(means, current) }
    }

    test('is asked for once a day, however many look at once, and tells nothing', async ({
      assert,
      cleanup,
    }) => {
      const { clock, server, look } = await scene((work) => cleanup(work))
      server.behaviour = replying(answer())
      await Promise.all(Array.from({ length: 8 }, () => look()))
      const newer = { type: 'newer', release: { version: '1.3.0', url: PAGE } }
      assert.deepEqual(await look(), newer)
      assert.lengthOf(server.received, 1)
      const [{ path, headers, body }] = server.received
      assert.deepEqual([path, headers['user-agent'], body], ['/latest', 'evergrant', ''])
      assert.isUndefined(headers.cookie ?? headers.authorization ?? headers.referer)

      assert.deepEqual(await look('1.3.0'), { type: 'newest', askedAt: clock.now() })
      clock.advance(ASK_EVERY - 1)
      await look()
      assert.lengthOf(server.received, 1)
      clock.advance(1)
      server.behaviour = replying(answer('v2.0.0'))
      assert.containSubset(await look(), { release: { version: '2.0.0' } })
      assert.lengthOf(server.received, 2)
    })

    test('an answer that cannot be believed changes nothing of what is known', async ({
      assert,
      cleanup,
    }) => {
      const { clock, server, look } = await scene((work) => cleanup(work))
      assert.deepEqual(await look(), { type: 'unknown', askedAt: clock.now() })
      clock.advance(ASK_EVERY)
      server.behaviour = replying(answer())
      const known = await look()
      for (const [name, behaviour] of Object.entries(HOSTILE)) {
        clock.advance(ASK_EVERY)
        server.behaviour = behaviour
        assert.deepEqual(await look(), known, name)
      }
      assert.lengthOf(server.received, 2 + Object.keys(HOSTILE).length)
    }).timeout(30_000)
  })
}

test.group('The update hint', (group) => {
  group.each.setup(() => emptyTables())

  /** The installation asks this address. */
  function asking(url: string | null, allowPrivate: boolean, cleanup: (work: () => void) => void) {
    const own = { ...update }
    Object.assign(update, { url, allowPrivate })
    cleanup(() => void Object.assign(update, own))
  }

  test('nobody is asked unless told whom', async ({ assert, client, cleanup }) => {
    asking(null, true, cleanup)
    const { user } = await aPerson('admin')
    const page = await client.get('/settings/about').loginAs(user)
    page.assertTextIncludes('Evergrant calls nobody to look for a newer version')
    assert.lengthOf(await db.from('installation_facts'), 0)
  })

  test('the page names the newer version and leads to its page', async ({ assert, client, cleanup }) => {
    const server = await HttpReceiver.start((work) => cleanup(work))
    server.behaviour = replying(answer('v99.3.0'))
    asking(server.url('/latest'), true, cleanup)
    const { user } = await aPerson('operator')
    const page = await client.get('/settings/about').loginAs(user)
    page.assertTextIncludes('99.3.0 is out.')
    assert.match(page.text(), new RegExp(`href="${PAGE}"[^>]*rel="noopener noreferrer"`))
  })

  test('a server that never ends its answer keeps nobody waiting for long', async ({
    assert,
    client,
    cleanup,
  }) => {
    const server = await HttpReceiver.start((work) => cleanup(work))
    server.behaviour = (_, response) => void response.writeHead(200).write('{"tag_name":"')
    asking(server.url('/latest'), true, cleanup)
    const { user } = await aPerson('admin')
    const page = await client.get('/settings/about').loginAs(user)
    page.assertStatus(200)
    page.assertTextIncludes('could not be found out')
    assert.lengthOf(server.received, 1)
  }).timeout(20_000)

  test('an address of this machine is asked only where that is allowed', async ({
    assert,
    client,
    cleanup,
  }) => {
    const server = await HttpReceiver.start((work) => cleanup(work))
    asking(server.url('/latest').replace('http:', 'https:'), false, cleanup)
    const { user } = await aPerson('admin')
    ;(await client.get('/settings/about').loginAs(user)).assertTextIncludes('could not be found out')
    assert.lengthOf(server.received, 0)
  })

  test('versions are compared as numbers; drafts of a version are not told apart from it', ({ assert }) => {
    const newer = [
      ['1.10.0', '1.9.9'],
      ['2.0.0', '1.99.99'],
      ['0.1.1', '0.1.0-beta.3'],
    ]
    for (const [theirs, ours] of newer) assert.isTrue(isNewer(theirs, ours), theirs)
    for (const [ours, theirs] of newer) assert.isFalse(isNewer(theirs, ours), theirs)
    assert.isFalse(isNewer('1.0.0', '1.0.0'))
    assert.deepEqual(readRelease(answer('1.3.0')), { version: '1.3.0', url: PAGE })
    assert.isNull(readRelease(answer('1.3.0-rc.1')))
  })

  test('UPDATE_URL is https or stops the start with a sentence', ({ assert }) => {
    const rule = httpsUrl.optional()
    assert.isUndefined(rule('UPDATE_URL', ''))
    assert.equal(rule('UPDATE_URL', PAGE), PAGE)
    for (const wrong of ['http://example.com', 'example.com', 'javascript:alert(1)'])
      assert.throws(() => rule('UPDATE_URL', wrong), /UPDATE_URL must be an address that begins with https/)
  })
})
