import { rm, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { Webhook } from 'standardwebhooks'
import settings from '#config/notifications'
import { EVENT_NAMES } from '#notifications/types'
import { readText } from '#tests/helpers/source_tree'

const PAGE = readText('docs/notifications.md')
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** The example as somebody would use it: a module of its own, beside the packages. */
async function example(cleanup: (work: () => Promise<void>) => void) {
  const [, code] = /^```js\n([^]*?)^```/m.exec(PAGE) ?? []
  const file = app.makePath('tmp', `verification-${process.pid}.mjs`)
  await writeFile(file, (code ?? '').replace('process.env.EVERGRANT_SIGNING_SECRET', JSON.stringify(SECRET)))
  cleanup(() => rm(file))
  return (await import(pathToFileURL(file).href)) as {
    eventOf(rawBody: string, headers: Record<string, string>): { type: string }
  }
}

test.group('The guide to notifications', () => {
  test('names every event, and no other', async ({ assert }) => {
    const rows = [...PAGE.matchAll(/^\| `(\w+\.\w+)` /gm)].map(([, name]) => name)
    assert.deepEqual(rows, [...EVENT_NAMES])
  })

  test('its example takes what we signed and nothing else', async ({ assert, cleanup }) => {
    const { eventOf } = await example(cleanup)
    const body = JSON.stringify({ type: 'connection.deactivated', data: {} })
    const sign = (at: Date) => ({
      'webhook-id': 'msg',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(SECRET).sign('msg', at, body),
    })
    const now = new Date()
    assert.equal(eventOf(body, sign(now)).type, 'connection.deactivated')
    assert.throws(() => eventOf(`${body} `, sign(now)), 'No matching signature found')
    assert.throws(() => eventOf(body, sign(new Date(now.getTime() - 301_000))), 'Message timestamp too old')
  })

  test('tells the waits between attempts and the times of the configuration', async ({ assert }) => {
    const words = settings.backoff.map((wait) => {
      if (wait < 60_000) return `${wait / 1_000} s`
      return wait < 3_600_000 ? `${wait / 60_000} min` : `${wait / 3_600_000} h`
    })
    const [last, ...others] = words.reverse()
    assert.include(PAGE.replace(/\s+/g, ' '), `${others.reverse().join(', ')} and ${last}`)
    assert.equal(settings.timeout, 10_000)
    assert.equal(settings.disableAfter, 5 * 86_400_000)
  })
})
