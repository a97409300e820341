import { setTimeout as sleep } from 'node:timers/promises'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { RunFactory } from '#database/factories/run_factory'
import ClientGate from '#models/client_gate'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const DEAD = { status: 'needs_reauth', statusReason: 'rejected', isActive: false, nextRefreshAt: null }
const words = (html: string) =>
  html
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const part = (html: string, id: string) => {
  const from = html.indexOf(`id="${id}"`)
  return words(html.slice(html.lastIndexOf('<section', from), html.indexOf('</section>', from)))
}

test.group('Pages: the overview', (group) => {
  group.each.setup(() => emptyTables())

  test('a new organization gets three steps with what is done ticked, and the commands to copy', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson()
    const page = await client.get('/').loginAs(user)
    page.assertStatus(200)
    const text = words(page.text())
    assert.match(text, /Provider credentials.*Connect an account To do.*Run the scheduler To do/)
    assert.include(page.text(), 'data-copy="node ace scheduler:work"')
    assert.notInclude(text, 'Needs attention')
  })

  test('where all is well it says so, with the last run', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    await aConnection(organization)
    const at = DateTime.utc()
    const counts = { total: 312, refreshed: 300, failed: 0, skipped: 12 }
    await RunFactory.merge({ organizationId: organization.id, startedAt: at, ...counts }).create()
    const text = part((await client.get('/').loginAs(user)).text(), 'attention')
    assert.match(text, /Nothing needs you\. Last run .*312 of 312\./)
    const troubled = { total: 4, refreshed: 0, failed: 4, retrying: 4, skipped: 0 }
    const later = { organizationId: organization.id, startedAt: at, createdAt: at.plus({ minutes: 1 }) }
    await RunFactory.merge({ ...later, ...troubled }).create()
    const then = part((await client.get('/').loginAs(user)).text(), 'attention')
    assert.match(then, /Nothing needs you\. Last run .*, 0 of 4; 4 retrying\./)
  })

  test('tiles count and lead to the lists that they count', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const soon = DateTime.utc().plus({ minutes: 30 })
    await aConnection(organization, DEAD)
    await aConnection(organization, { tokenRefreshFailedAt: DateTime.utc(), statusReason: 'rejected' })
    await aConnection(organization, { tokenExpiresAt: soon, nextRefreshAt: soon.minus({ minutes: 5 }) })
    await aConnection(organization)
    const html = (await client.get('/').loginAs(user)).text()
    const tiles = [...html.matchAll(/class="need"[\s\S]*?href="([^"]*)"[\s\S]*?<\/a>/g)]
    const found = tiles.map(([tile, href]) => [href, words(tile).replace(/^.*?> /, '')])
    assert.match(found[0].join(), /status=reconnect,.*Reconnect needed 1 now/)
    assert.match(found[1].join(), /status=retrying,.*Retrying 1 now/)
    assert.match(found[2].join(), /Due in 1 h 1 tokens/)
    assert.match(found[3].join(), /status=healthy,.*1 of 4 accounts/)
    assert.match(found[4].join(), /^\/schedule,.*Next refresh (24:5\d|25:00)/)
    const due = await client.get(tiles[2][1].replaceAll('&amp;', '&')).loginAs(user)
    assert.lengthOf(due.text().match(/scope="row"/g) ?? [], 1)
  })

  test('three accounts with one cause are one line, fewer are named with what helps', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    for (let index = 0; index < 3; index++) await aConnection(organization, DEAD)
    const named = { ...DEAD, displayName: 'Ana <b>', statusReason: 'suspended', status: 'suspended' }
    const ana = await aConnection(organization, named)
    const html = (await client.get('/').loginAs(user)).text()
    const text = part(html, 'attention')
    assert.match(text, /3 Twitch accounts Reconnect needed .*refused the refresh token again.*Show accounts/)
    assert.match(text, /Ana &lt;b&gt; Reconnect needed .*suspended.*Reconnect/)
    assert.include(html, `href="/accounts/${ana.id}/reconnect"`)
    const link = /href="(\/accounts\?q=provider[^"]*)"/.exec(html)![1].replaceAll('&amp;', '&')
    const list = await client.get(link).loginAs(user)
    assert.lengthOf(list.text().match(/scope="row"/g) ?? [], 3)
  })

  test('a closed gate is the provider’s matter; its accounts are not named beside it', async ({
    client,
    assert,
    cleanup,
  }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization, { tokenRefreshFailedAt: DateTime.utc(), displayName: 'Ana' })
    const until = DateTime.utc().plus({ hours: 1 })
    const gate = { flow: 'paused', reason: 'configuration', until, failures: 1, updatedAt: DateTime.utc() }
    await ClientGate.updateOrCreate({ id: 'twitch' }, gate as object)
    cleanup(async () => void (await ClientGate.query().delete()))
    const text = part((await client.get('/').loginAs(user)).text(), 'attention')
    assert.match(text, /1 Twitch account .*client id or secret is rejected.*Open provider/)
    assert.notInclude(text, 'Ana')
  })

  test('a grant that ends soon is announced although all goes well', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const grantExpiresAt = DateTime.utc().plus({ days: 3, minutes: 5 })
    await aConnection(organization, { displayName: 'Ana', grantExpiresAt })
    const html = (await client.get('/?horizon=7d').loginAs(user)).text()
    assert.match(part(html, 'attention'), /Ana Ends soon .*grant ends in 3 d/)
    assert.match(part(html, 'horizon'), /Grants 1 ends/)
  })

  test('a viewer sees the same, but no button that acts', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    await aConnection(organization, { tokenRefreshFailedAt: DateTime.utc() })
    await aConnection(organization, DEAD)
    const html = (await client.get('/').loginAs(user)).text()
    assert.lengthOf(html.match(/<button[^>]*disabled[^>]*title="Your role may look, but not act/g) ?? [], 2)
    assert.notMatch(html, /action="\/accounts\/|href="\/accounts\/[^"]*\/reconnect"/)
  })

  test('refreshes of the chosen period are counted, with how long providers take', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { id: connectionId } = await aConnection(organization)
    const one = { organizationId: organization.id, connectionId, durationMs: 100 }
    const yesterday = DateTime.utc().minus({ hours: 3 })
    await RefreshAttemptFactory.merge(one).createMany(2)
    await RefreshAttemptFactory.merge({ ...one, createdAt: yesterday })
      .apply('rejected')
      .create()
    const day = (await client.get('/').loginAs(user)).text()
    assert.include(part(day, 'outcomes'), '2 succeeded, 1 retried, 0 failed')
    assert.match(part(day, 'latency'), /Twitch 1\d\d ms/)
    const hour = (await client.get('/?period=1h').loginAs(user)).text()
    assert.include(part(hour, 'outcomes'), '2 succeeded, 0 retried, 0 failed')
  })

  test('nothing of another organization is counted', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization)
    const other = await aPerson()
    for (let index = 0; index < 4; index++) await aConnection(other.organization, DEAD)
    const text = words((await client.get('/').loginAs(user)).text())
    assert.include(text, 'Nothing needs you.')
    assert.include(text, '1 of 1 account')
  })

  test('a card that cannot be read says so with the request id, and the others show', async ({
    client,
    assert,
    cleanup,
  }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization)
    await db.rawQuery('ALTER TABLE refresh_figures RENAME TO refresh_figures_gone')
    cleanup(() => db.rawQuery('ALTER TABLE refresh_figures_gone RENAME TO refresh_figures').exec())
    const page = await client.get('/').loginAs(user)
    page.assertStatus(200)
    const id = page.header('x-request-id') ?? ''
    assert.match(part(page.text(), 'outcomes'), new RegExp(`could not be read.*request id ${id}`))
    assert.include(part(page.text(), 'attention'), 'Nothing needs you.')
    assert.include(part(page.text(), 'horizon'), 'Access tokens')
  })

  test('a poll gets 304 until something changes, and the whole page in another language', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const connection = await aConnection(organization)
    const first = await client.get('/').loginAs(user)
    const etag = first.header('etag')!
    const poll = () => client.get('/').header('If-None-Match', etag).loginAs(user)
    ;(await poll()).assertStatus(304)
    assert.match((await poll().header('Accept-Language', 'fr')).text(), /Rien ne vous attend/)
    await connection.merge(DEAD as object).save()
    // What a slow machine took long to count is used for some seconds more.
    let changed = await poll()
    for (const begun = Date.now(); changed.status() === 304 && Date.now() - begun < 15_000; await sleep(200))
      changed = await poll()
    changed.assertStatus(200)
  }).timeout(30_000)

  for (const [locale, title] of [
    ['fr', 'Vue d’ensemble'],
    ['ja', '概要'],
  ]) {
    test(`in ${locale} no text is left in English`, async ({ client, assert }) => {
      const { user, organization } = await aPerson()
      await aConnection(organization, { ...DEAD, displayName: 'Ana' })
      const page = await client.get('/').header('Accept-Language', locale).loginAs(user)
      assert.include(page.text(), `<html`)
      assert.include(page.text(), title)
      assert.notMatch(words(page.text()), /translation missing|Needs attention|Last tick|Sign out|Succeeded/i)
    })
  }
})
