import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import type User from '#models/user'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const ACCOUNTS = 120
/** Bytes, compressed as a proxy in front compresses. */
const LIMIT = 60_000

test.group('What pages weigh', (group) => {
  let user: User
  group.setup(async () => {
    await emptyTables()
    const person = await aPerson()
    user = person.user
    for (let place = 0; place < ACCOUNTS; place++) {
      const name = `${place.toString(36)}-${(place * 7919).toString(36)}`
      const tags = [`tag-${name}`, 'vip', `group-${place % 40}`]
      await aConnection(person.organization, { displayName: `Dr. ${name} of somewhere`, tags })
    }
  })

  test('a full page of accounts is below 60 kB of compressed HTML, in {$self}')
    .with(['en', 'fr', 'ja'] as const)
    .run(async ({ client, assert }, locale) => {
      const page = await client.get('/accounts').loginAs(user).header('Accept-Language', locale)
      const rows = page.text().match(/id="account-[0-9a-f-]{36}"/g) ?? []
      assert.isAtLeast(rows.length, 25)
      assert.include(page.text(), 'rel="next"', 'the page is full')
      assert.isBelow(gzipSync(page.text()).length, LIMIT)
    })
})
