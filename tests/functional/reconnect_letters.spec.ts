/** Reconnect links that go to the owners of accounts by e-mail. */
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { UserFactory } from '#database/factories/user_factory'
import { MembershipFactory } from '#database/factories/membership_factory'
import Run from '#models/run'
import { MOST_IN_LETTER } from '#services/bulk/send_reconnect_link'
import type { Audit } from '#services/audit/build_audit'
import { connectFixture } from '#tests/helpers/connect_fixture'
import { lettersBy } from '#tests/helpers/letters_fixture'
import { LinkVisitor } from '#tests/helpers/link_visitor'
import { aConnection } from '#tests/helpers/people'
import { readLetter } from '#tests/helpers/read_letter'
import { startMailServer } from '#tests/helpers/receivers/mail_server'
import { Visitor } from '#tests/helpers/visitor'

const LINK = /https?:\/\/[^\s"<]*\/link\/[0-9a-f-]{36}\?signature=[\w.%-]+/
const MINUTE = 60_000

/** Waits, without watching the clock, until the run that a form began has ended. */
async function ended(location: string | undefined) {
  const [, id] = /^\/runs\/([0-9a-f-]{36})$/.exec(location ?? '')!
  for (;;) {
    const run = await Run.findOrFail(id)
    if (run.finishedAt) return run
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function begin({ client, cleanup }: TestContext, { mail = true } = {}) {
  const fixture = await connectFixture((work) => cleanup(work))
  const server = await startMailServer()
  const time = { ahead: 0 }
  if (mail) await lettersBy(server.port, cleanup, () => time.ahead)
  cleanup(() => server.close())
  const { organization } = fixture
  const operator = Visitor.signedIn(client, fixture.operator)
  const account = (values: object) => aConnection(organization, { provider: 'sandbox', ...values })
  const bulk = async (ids: string[]) =>
    ended((await operator.post('/accounts/bulk', { action: 'link', ids })).header('location'))
  /** Makes the link of an account on its page, and returns what a form there sends with it. */
  const made = async (id: string) => {
    const page = (await operator.follow(await operator.post(`/accounts/${id}/link`))).text()
    return { page, link: /name="link" value="([\w-]{36})"/.exec(page)?.[1] }
  }
  const send = async (id: string, form: object) =>
    (await operator.follow(await operator.post(`/accounts/${id}/link/send`, { ...form }))).text()
  const results = async ({ id }: Run) => {
    const rows = await db.from('run_results').where('run_id', id)
    return new Map(rows.map((row) => [row.connection_id, [row.status, row.reason]]))
  }
  return { ...fixture, server, time, operator, account, bulk, made, send, results }
}

test.group('Reconnect letters of many accounts', (group) => {
  group.each.timeout(20_000)

  test('go to the linked person in their language, and to owners who are addresses', async (context) => {
    const { assert, client } = context
    const { organization, server, operator, account, bulk, results } = await begin(context)
    const fiona = await UserFactory.merge({ email: 'fiona@example.org', locale: 'fr' }).create()
    await MembershipFactory.merge({
      organizationId: organization.id,
      userId: fiona.id,
      role: 'streamer',
    }).create()
    const linked = await account({ ownerUserId: fiona.id, displayName: 'Nova' })
    const written = await account({ owner: 'Bo@Example.com', displayName: 'Bo' })
    const unknown = await account({ owner: 'customer-17' })
    const run = await bulk([linked.id, written.id, unknown.id])
    const found = await results(run)
    assert.deepEqual(found.get(linked.id), ['sent', null])
    assert.deepEqual(found.get(written.id), ['sent', null])
    assert.deepEqual(found.get(unknown.id), ['linked', 'no_address'])
    assert.equal(run.refreshed, 3)

    const byAddress = new Map(server.letters.map(({ to, raw }) => [to.join(), readLetter(raw)]))
    assert.sameMembers([...byAddress.keys()], ['fiona@example.org', 'bo@example.com'])
    const french = byAddress.get('fiona@example.org')!
    assert.equal(french.headers.subject, 'Reconnectez Nova chez Sandbox')
    assert.include(french.html, 'lang="fr"')
    assert.include(french.text, organization.name)
    assert.include(byAddress.get('bo@example.com')!.text, 'needs your consent again')
    for (const { text, html, headers } of byAddress.values()) {
      assert.match(text, LINK)
      assert.equal(headers['auto-submitted'], 'auto-generated')
      // Nothing that tells anybody that the letter was opened.
      assert.notMatch(html, /<img|src=/)
    }
    const opened = await new LinkVisitor(client).get(LINK.exec(french.text)![0])
    opened.assertStatus(200)
    opened.assertTextIncludes('Nova')

    const page = (await operator.get(`/runs/${run.id}/links`)).text()
    for (const words of ['Sent to f•••@example.org', 'Sent to b•••@example.com', 'No address known'])
      assert.include(page, words)
    assert.notInclude(page, 'fiona@example.org')
    const stored = JSON.stringify(await db.from('connect_links'))
    assert.notInclude(stored, 'fiona@')
  })

  test('are one for each owner, with the name and the link of each account', async (context) => {
    const { assert, client } = context
    const { organization, server, operator, account, bulk, results } = await begin(context)
    const fiona = await UserFactory.merge({ email: 'fiona@example.org', locale: 'fr' }).create()
    await MembershipFactory.merge({
      organizationId: organization.id,
      userId: fiona.id,
      role: 'streamer',
    }).create()
    const hers = [
      await account({ ownerUserId: fiona.id, displayName: 'Nova' }),
      await account({ ownerUserId: fiona.id, displayName: 'Lumen <b>' }),
      // The same person, by her address.
      await account({ owner: 'Fiona@Example.org', displayName: 'Aster' }),
    ]
    const his = await account({ owner: 'bo@example.com', displayName: 'Bo' })
    const run = await bulk([...hers, his].map(({ id }) => id))
    const found = await results(run)
    for (const { id } of [...hers, his]) assert.deepEqual(found.get(id), ['sent', null])
    assert.deepEqual([run.total, run.refreshed, run.failed], [4, 4, 0])

    assert.lengthOf(server.letters, 2)
    const byAddress = new Map(server.letters.map(({ to, raw }) => [to.join(), readLetter(raw)]))
    const { text, html, headers } = byAddress.get('fiona@example.org')!
    assert.equal(headers.subject, `Reconnectez 3 comptes pour ${organization.name}`)
    assert.notInclude(html, 'Lumen <b>')
    assert.equal(byAddress.get('bo@example.com')!.headers.subject, 'Reconnect Bo at Sandbox')
    for (const name of ['Nova', 'Lumen <b>', 'Aster']) {
      const after = text.slice(text.indexOf(`${name} chez Sandbox`))
      const opened = await new LinkVisitor(client).get(LINK.exec(after)![0])
      opened.assertStatus(200)
      assert.include(opened.text(), name.replace('<b>', '&lt;b&gt;'), 'each link is that of its account')
      assert.include(html, LINK.exec(after)![0].replaceAll('&', '&amp;'))
    }
    const page = (await operator.get(`/runs/${run.id}/links`)).text()
    assert.lengthOf(page.match(/Sent to f•••@example\.org/g) ?? [], 3)
  })

  test('leave out an account about which one went within the hour, and say so of that account', async (context) => {
    const { assert } = context
    const { server, account, bulk, results } = await begin(context)
    const accounts = []
    for (const displayName of ['Nova', 'Lumen', 'Aster'])
      accounts.push(await account({ owner: 'bo@example.com', displayName }))
    const [first, ...others] = accounts.map(({ id }) => id)
    await bulk([first])
    const found = await results(await bulk([first, ...others]))
    assert.deepEqual(found.get(first), ['linked', 'sent_recently'])
    for (const id of others) assert.deepEqual(found.get(id), ['sent', null])
    assert.lengthOf(server.letters, 2)
    const { text, headers } = readLetter(server.letters[1].raw)
    assert.include(headers.subject, 'Reconnect 2 accounts for')
    assert.notInclude(text, 'Nova')
    const again = await results(await bulk([first, ...others]))
    assert.deepEqual([...again.values()], Array(3).fill(['linked', 'sent_recently']))
    assert.lengthOf(server.letters, 2)
  })

  test('that a server does not take are counted for none of their accounts', async (context) => {
    const { assert } = context
    const { server, account, bulk, results } = await begin(context)
    const ids = [await account({ owner: 'bo@example.com' }), await account({ owner: 'bo@example.com' })].map(
      ({ id }) => id
    )
    await server.close()
    const run = await bulk(ids)
    assert.deepEqual([...(await results(run)).values()], Array(2).fill(['linked', 'mail_failed']))
    const noted = await db.from('connect_links').whereNotNull('sent_at')
    assert.lengthOf(noted, 0)
  })

  test('of more accounts than a letter takes are several letters, and none is left out', async (context) => {
    const { assert } = context
    const { server, account, bulk } = await begin(context)
    const ids = []
    for (let count = 0; count <= MOST_IN_LETTER; count++)
      ids.push((await account({ owner: 'bo@example.com' })).id)
    const run = await bulk(ids)
    assert.equal(run.refreshed, MOST_IN_LETTER + 1)
    const links = server.letters.map(({ raw }) => readLetter(raw).text.match(new RegExp(LINK, 'g'))!)
    assert.deepEqual(links.map(({ length }) => length).sort(), [1, MOST_IN_LETTER])
    assert.equal(new Set(links.flat()).size, MOST_IN_LETTER + 1)
  })

  test('lead to a renewed grant', async (context) => {
    const { client, assert } = context
    const { server, account, bulk, person, connections } = await begin(context)
    const { id } = await account({
      owner: 'bo@example.com',
      providerAccountId: 'nova-hollis',
      status: 'needs_reauth',
    })
    await bulk([id])
    const url = LINK.exec(readLetter(server.letters[0].raw).text)![0]
    const end = await new LinkVisitor(client).connect(url, person(), 'nova-hollis')
    end.assertStatus(200)
    const [renewed] = await connections()
    assert.deepEqual([renewed.id, renewed.status], [id, 'connected'])
  })

  test('are not written twice within an hour; the link can be copied', async (context) => {
    const { assert } = context
    const { server, time, operator, account, bulk, results } = await begin(context)
    const { id } = await account({ owner: 'bo@example.com' })
    await bulk([id])
    time.ahead = 59 * MINUTE
    const second = await bulk([id])
    assert.deepEqual((await results(second)).get(id), ['linked', 'sent_recently'])
    const page = (await operator.get(`/runs/${second.id}/links`)).text()
    assert.include(page, 'went out within the hour')
    assert.match(page, /\/link\/[0-9a-f-]{36}/)
    assert.lengthOf(server.letters, 1)
    time.ahead = 61 * MINUTE
    assert.deepEqual((await results(await bulk([id]))).get(id), ['sent', null])
    assert.lengthOf(server.letters, 2)
  })

  test('do not reach a person who has left the organization', async (context) => {
    const { assert } = context
    const { server, account, bulk, results } = await begin(context)
    const gone = await UserFactory.create()
    const { id } = await account({ ownerUserId: gone.id })
    assert.deepEqual((await results(await bulk([id]))).get(id), ['linked', 'no_address'])
    assert.lengthOf(server.letters, 0)
  })

  test('stay links to copy where no mail is configured, and the page says so', async (context) => {
    const { assert } = context
    const { operator, account, bulk, results } = await begin(context, { mail: false })
    const { id } = await account({ owner: 'bo@example.com' })
    const run = await bulk([id])
    assert.deepEqual((await results(run)).get(id), ['linked', null])
    const page = (await operator.get(`/runs/${run.id}/links`)).text()
    assert.include(page, 'No e-mail leaves this installation')
    assert.match(page, LINK)
  })
})

test.group('The reconnect letter of one account', (group) => {
  group.each.timeout(20_000)

  test('goes to the address that is typed, which is not kept, and is in the audit trail', async (context) => {
    const { assert } = context
    const { organization, server, account, made, send } = await begin(context)
    const { id } = await account({ owner: 'customer-17' })
    const { page, link } = await made(id)
    assert.include(page, 'No address of the owner is known.')
    assert.include(
      await send(id, { link, email: ' Eve@Example.net ' }),
      'The link was sent to e•••@example.net.'
    )
    assert.deepEqual(server.letters[0].to, ['eve@example.net'])
    for (const table of ['connect_links', 'audit_events', 'connections'])
      assert.notInclude(JSON.stringify(await db.from(table)).toLowerCase(), 'eve@example.net', table)
    const { log }: Audit = await app.container.make('audit')
    const filter = { group: null, outcome: null, actorId: null, actor: null, target: null, from: null }
    const { entries } = await log.page(organization.id, { ...filter, show: 'actions', targetId: null })
    const sent = entries.find(({ action }) => action === 'connect_link.send')
    assert.containSubset(sent, { outcome: 'done', given: { connection: id, to: 'e•••@example.net' } })
  })

  test('goes to the owner where nothing is typed, and again within the hour only on demand', async (context) => {
    const { assert } = context
    const { server, account, made, send } = await begin(context)
    const { id } = await account({ owner: 'bo@example.com' })
    const first = await made(id)
    assert.include(first.page, 'it goes to b•••@example.com')
    assert.notInclude(first.page, 'name="again"')
    const after = await send(id, { link: first.link, email: '' })
    assert.include(after, 'The link was sent to b•••@example.com.')
    assert.include(after, 'name="again"')
    const refused = await send(id, { link: first.link, email: 'eve@example.net' })
    assert.include(refused, 'Not sent: a letter about')
    assert.include(refused, 'value="eve@example.net"')
    assert.lengthOf(server.letters, 1)
    await send(id, { link: first.link, email: '', again: 'yes' })
    assert.lengthOf(server.letters, 2)
  })

  test('what is no address is refused beside the field, and the link stays', async (context) => {
    const { assert } = context
    const { server, account, made, send } = await begin(context)
    const { id } = await account({})
    const { link } = await made(id)
    const page = await send(id, { link, email: 'a@b.example, c@d.example' })
    assert.include(page, 'Not sent: this is not an e-mail address.')
    assert.include(page, 'value="a@b.example, c@d.example"')
    assert.include(page, 'aria-invalid="true"')
    assert.match(page, LINK)
    assert.lengthOf(server.letters, 0)
  })

  test('that the server does not take does not count, and the link stays', async (context) => {
    const { assert } = context
    const { server, account, made, send } = await begin(context)
    const { id } = await account({ owner: 'bo@example.com' })
    const { link } = await made(id)
    server.behaviour.refuse = { rcpt: [550, 'no such mailbox'] }
    const page = await send(id, { link, email: '' })
    assert.include(page, 'could not be sent to b•••@example.com')
    assert.match(page, LINK)
    server.behaviour.refuse = {}
    assert.include(await send(id, { link, email: '' }), 'The link was sent to')
  })

  test('takes no link of another account', async (context) => {
    const { operator, account, made } = await begin(context)
    const [mine, other] = [await account({}), await account({})]
    const { link } = await made(other.id)
    for (const wrong of [link, 'nonsense', ''])
      (await operator.post(`/accounts/${mine.id}/link/send`, { link: wrong ?? '' })).assertStatus(404)
  })
})
