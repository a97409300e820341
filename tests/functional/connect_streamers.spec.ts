import { test } from '@japa/runner'
import { Browser, connectFixture } from '#tests/helpers/connect_fixture'

test.group('Streamers connect their own channels', () => {
  test('a streamer who connects owns the channel, and comes back to the own page', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { member, person, connections } = await connectFixture(cleanup)
    const streamer = await member('streamer')
    const browser = new Browser(client, streamer)
    const answer = await browser.connect(person(), 'nova-hollis')
    assert.equal(answer.header('location'), '/streamer')
    const [connection] = await connections()
    assert.equal(connection.ownerUserId, streamer.id)
  })

  test('what an operator connects belongs to nobody who signs in', async ({ assert, client, cleanup }) => {
    const { operator, person, connections } = await connectFixture(cleanup)
    await new Browser(client, operator).connect(person(), 'nova-hollis')
    const [connection] = await connections()
    assert.isNull(connection.ownerUserId)
  })

  test('nobody but staff and its owner can begin to reconnect a channel', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { member, operator, person, connections } = await connectFixture(cleanup)
    const owner = await member('streamer')
    await new Browser(client, owner).connect(person(), 'nova-hollis')
    const [{ id }] = await connections()
    const begin = async (user: typeof owner) =>
      (await new Browser(client, user).start('sandbox', { reconnect: id })).status()
    assert.equal(await begin(owner), 303)
    assert.equal(await begin(operator), 303)
    assert.equal(await begin(await member('streamer')), 404)
    assert.equal(await begin(await member('game_master')), 404)
    assert.equal(await begin(await member('viewer')), 403)
  })

  test('a streamer who declines is told so without the provider’s code', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { member, person } = await connectFixture(cleanup)
    const browser = new Browser(client, await member('streamer'))
    const started = await browser.start('sandbox')
    const asked = new URL(started.header('location')!)
    const back = await person().decide('deny', 'nova-hollis', Object.fromEntries(asked.searchParams))
    const answer = await browser.get(back.pathname + back.search)
    assert.equal(answer.header('location'), '/streamer')
    assert.include(browser.notice().text, 'You declined')
    assert.notInclude(browser.notice().text, 'access_denied')
  })
})
