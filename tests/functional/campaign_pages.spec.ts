import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import Connection from '#models/connection'
import { aCampaign, moreMembers, openWindow } from '#tests/helpers/campaign_people'
import { emptyTables } from '#tests/helpers/database'
import { aConnection } from '#tests/helpers/people'

test.group('Campaign pages: what they show', (group) => {
  group.each.setup(() => emptyTables())

  test('a streamer sees the own channels and the campaigns that ask for them', async ({ client, assert }) => {
    const made = await aCampaign()
    await aConnection(made.organization, { displayName: 'Somebody else' })
    const own = (await client.get('/streamer').loginAs(made.people.streamer)).text()
    assert.include(own, 'Ana Live')
    assert.include(own, 'Friday quiz')
    assert.notInclude(own, 'Somebody else')
    const other = (await client.get('/streamer').loginAs(made.people.other_streamer)).text()
    assert.include(other, 'No channel connected yet')
    assert.notInclude(other, 'Ana Live')
  })

  test('a streamer reads no provider’s own words', async ({ client, assert }) => {
    const { channel, people } = await aCampaign()
    const words = { status: 'needs_reauth', is_active: false, error_code: 'invalid_grant' }
    await Connection.query()
      .where('id', channel.id)
      .update({ ...words, error_message: 'Token was revoked' })
    for (const page of ['/streamer', `/accounts/${channel.id}/reconnect`]) {
      const text = (await client.get(page).loginAs(people.streamer)).text()
      assert.include(text, 'The access that you gave has ended')
      assert.notMatch(text, /invalid_grant|Token was revoked|SEALED|rejected/)
    }
  })

  test('the list tells members, open windows and who needs reconnecting', async ({ client, assert }) => {
    const made = await aCampaign()
    await moreMembers(made, 2)
    await openWindow(made.campaign.id, made.channel.id)
    const text = (await client.get('/campaigns').loginAs(made.people.game_master)).text()
    assert.match(text, /1\s+of\s+3/)
    assert.match(text, /result-bad"[^>]*>Channel 0</)
    const others = (await client.get('/campaigns').loginAs(made.people.other_game_master)).text()
    assert.include(others, 'You lead no campaign yet')
  })

  test('an open window says until when; a poll gets 304 until it changes', async ({ client, assert }) => {
    const { campaign, channel, people } = await aCampaign()
    const path = `/campaigns/${campaign.id}`
    const first = await client.get(path).loginAs(people.game_master)
    assert.include(first.text(), 'Not granted yet')
    const poll = () =>
      client.get(path).loginAs(people.game_master).header('If-None-Match', first.header('etag')!)
    ;(await poll()).assertStatus(304)
    await openWindow(campaign.id, channel.id)
    const changed = await poll()
    changed.assertStatus(200)
    assert.match(
      changed.text(),
      /open\s+until\s+[^<]*\d\d:\d\d UTC\s*<[\s\S]{0,100}for another<[\s\S]{0,200}2 h 59 min/
    )
  })

  test('a start that is refused names everybody who is not ready, and starts nothing', async ({
    client,
    assert,
  }) => {
    const made = await aCampaign()
    await moreMembers(made, 50)
    const start = client.post(`/campaigns/${made.campaign.id}/sessions`)
    const page = (await start.loginAs(made.people.game_master).withCsrfToken()).text()
    const panel = page.slice(page.indexOf('id="refusal"'), page.indexOf('id="campaign"'))
    assert.include(panel, 'Nothing was started')
    assert.equal(panel.match(/class="trouble"/g)?.length, 51)
    assert.include(panel, 'Ask the streamer to grant it.')
    assert.lengthOf(await db.from('campaign_sessions'), 0)
  })

  test('with an open window a dead channel is named with a reconnect link', async ({ client, assert }) => {
    const { campaign, channel, people } = await aCampaign()
    await openWindow(campaign.id, channel.id)
    const dead = { status: 'needs_reauth', status_reason: 'rejected', is_active: false }
    await Connection.query().where('id', channel.id).update(dead)
    const start = () => client.post(`/campaigns/${campaign.id}/sessions`).withCsrfToken()
    const forLeader = (await start().loginAs(people.game_master)).text()
    assert.include(forLeader, `/accounts/${channel.id}/reconnect</code>`)
    const forStaff = (await start().loginAs(people.operator)).text()
    assert.include(forStaff, `href="/accounts/${channel.id}/reconnect?return_to=/campaigns/${campaign.id}"`)
  })

  test('what a form refuses stands beside its field, and nothing is lost', async ({ client, assert }) => {
    const { campaign, people } = await aCampaign()
    const post = (path: string, form: Record<string, string>) =>
      client.post(path).form(form).loginAs(people.admin).withCsrfToken()
    const created = (await post('/campaigns', { name: 'Late quiz', windowHours: '99' })).text()
    assert.include(created, 'from 1 to 72')
    assert.include(created, 'aria-describedby="hours-hint hours-problem"')
    assert.include(created, 'value="Late quiz"')
    const unnamed = (await post(`/campaigns/${campaign.id}`, { name: ' ', windowHours: '8' })).text()
    assert.include(unnamed, 'A campaign needs a name.')
    assert.match(unnamed, /<details[^>]*open/)
    const member = (await post(`/campaigns/${campaign.id}/members`, {})).text()
    assert.include(member, 'Choose a channel first.')
    const person = (await post(`/campaigns/${campaign.id}/game-masters`, {})).text()
    assert.include(person, 'Choose a person first.')
  })

  test('a grant that cannot be given says why beside the campaign, with the hours kept', async ({
    client,
    assert,
  }) => {
    const { campaign, channel, people } = await aCampaign()
    await Connection.query().where('id', channel.id).update({ paused_at: Date.now() })
    const grant = client.post(`/streamer/${campaign.id}/${channel.id}/grant`).form({ hours: '6' })
    const text = (await grant.loginAs(people.streamer).withCsrfToken()).text()
    assert.include(text, 'Somebody has paused your channel.')
    assert.match(text, /<option value="6"\s+selected/)
  })

  test('the search finds channels by a part of their name', async ({ client, assert }) => {
    const { campaign, organization, people } = await aCampaign()
    const owned = { ownerUserId: people.other_streamer.id }
    await aConnection(organization, { displayName: 'Cooking 100%', ...owned })
    await aConnection(organization, { displayName: 'Racing', ...owned })
    const read = async (find: string) =>
      (await client.get(`/campaigns/${campaign.id}?find=${find}`).loginAs(people.game_master)).text()
    const found = await read('100%25')
    assert.include(found, 'Cooking 100%')
    assert.notInclude(found, 'Racing')
    assert.include(await read('nobody'), 'No other account matches')
  })

  test('names are escaped', async ({ client, assert }) => {
    const made = await aCampaign()
    const hostile = '<script>alert(1)</script>"onmouseover="x'
    await Connection.query().where('id', made.channel.id).update({ display_name: hostile })
    await made.campaigns.update(made.actor, made.campaign.id, { name: hostile })
    for (const [page, who] of [
      ['/campaigns', 'admin'],
      [`/campaigns/${made.campaign.id}`, 'game_master'],
      ['/streamer', 'streamer'],
      [`/accounts/${made.channel.id}/reconnect`, 'streamer'],
    ] as const) {
      const text = (await client.get(page).loginAs(made.people[who])).text()
      assert.notInclude(text, '<script>alert(1)')
      assert.notInclude(text, '"onmouseover="')
    }
  })
})
