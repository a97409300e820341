/** The audit trail (SPEC §6): what takes several steps, what is refused, and tokens that leave. */
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import type { AuditEntry } from '#services/audit/audit_log'
import type { AuditTrail } from '#services/audit/audit_trail'
import { EVERYTHING } from '#tests/helpers/audit/audit_scene'
import { anApiCaller } from '#tests/helpers/api_caller'
import { Browser, connectFixture } from '#tests/helpers/connect_fixture'
import { emptyTables } from '#tests/helpers/database'
import { LinkVisitor } from '#tests/helpers/link_visitor'
import { McpBrowser } from '#tests/helpers/mcp/mcp_browser'
import { mcpFixture } from '#tests/helpers/mcp/mcp_fixture'
import { aConnection, aPerson, PASSWORD } from '#tests/helpers/people'
import { codeAt } from '#tests/helpers/people_fixture'
import { Secret } from '#oauth/secret'
import { Visitor } from '#tests/helpers/visitor'

async function entriesOf({ id }: { id: string }): Promise<AuditEntry[]> {
  const { log } = await app.container.make('audit')
  return (await log.page(id, EVERYTHING)).entries
}

const shortly = ({ action, outcome, actor }: AuditEntry) => [action, outcome, actor.kind, actor.name]

test.group('Audit trail: visitors', (group) => {
  group.each.timeout(20_000)
  group.each.setup(async () => {
    await emptyTables()
    await db.from('audit_events').delete()
    await limiter.clear()
  })

  test('signing in and out is told under the own name, a wrong password under the address', async ({
    client,
    assert,
  }) => {
    const { email, user, organization } = await aPerson()
    const visitor = new Visitor(client)
    await visitor.post('/login', { email, password: 'a wrong SECRET password' })
    await visitor.signIn(email)
    await visitor.post('/logout', {})
    const entries = (await entriesOf(organization)).reverse()
    assert.deepEqual(entries.map(shortly), [
      ['session.sign_in', 'refused', 'person', email],
      ['session.sign_in', 'done', 'person', user.fullName],
      ['session.sign_out', 'done', 'person', user.fullName],
    ])
    assert.isTrue(entries.every(({ actor, target }) => actor.id === user.id && target.id === user.id))
    assert.notInclude(JSON.stringify(entries), 'SECRET')
  })

  test('an address that nobody has is told to the only organization, and to none of several', async ({
    client,
    assert,
  }) => {
    const { organization } = await aPerson()
    const wrong = { email: 'nobody@example.org', password: 'a wrong password' }
    await new Visitor(client).post('/login', wrong)
    assert.deepEqual((await entriesOf(organization)).map(shortly), [
      ['session.sign_in', 'refused', 'person', wrong.email],
    ])
    const other = await aPerson()
    await new Visitor(client).post('/login', { ...wrong, email: 'else@example.org' })
    assert.lengthOf(await entriesOf(organization), 1)
    assert.lengthOf(await entriesOf(other.organization), 0)
  })

  test('who tries too often fills no trail', async ({ client, assert }) => {
    const { email, organization } = await aPerson()
    for (let count = 0; count < 15; count++)
      await new Visitor(client).post('/login', { email, password: 'a wrong password' })
    assert.isBelow((await entriesOf(organization)).length, 11)
  })

  test('with a second factor the sign-in is told at its second step', async ({ client, assert }) => {
    const { email, organization } = await aPerson()
    const visitor = new Visitor(client)
    await visitor.signIn(email)
    await visitor.post('/settings/two-factor', { password: PASSWORD })
    const page = (await visitor.get('/settings/two-factor')).text()
    const key = new Secret(/class="copy-text">([A-Z2-7 ]+)</.exec(page)![1].replaceAll(' ', ''))
    await visitor.post('/settings/two-factor/confirm', { code: codeAt(key, { now: Date.now }) })
    await db.from('audit_events').delete()
    const again = new Visitor(client)
    await again.signIn(email)
    assert.lengthOf(await entriesOf(organization), 0)
    await again.post('/login/two-factor', { code: '000000' })
    await again.post('/login/two-factor', { code: codeAt(key, { now: () => Date.now() + 30_000 }) })
    const outcomes = (await entriesOf(organization)).map(({ action, outcome }) => [action, outcome])
    assert.deepEqual(outcomes, [
      ['session.sign_in', 'done'],
      ['session.sign_in', 'refused'],
    ])
  })

  test('an invitation that is accepted is told under its address', async ({ client, assert }) => {
    const { email, organization } = await aPerson('admin')
    const admin = new Visitor(client)
    await admin.signIn(email)
    const page = await admin.post('/settings/invitations', { email: 'ana@example.org', role: 'viewer' })
    const path = /(\/invitations\/[\w-]{43})</.exec(page.text())![1]
    await new Visitor(client).post(path, { name: 'Ana', password: 'a quite new password' })
    const [entry] = await entriesOf(organization)
    assert.deepEqual(shortly(entry), ['invitation.accept', 'done', 'link', 'ana@example.org'])
    assert.notInclude(JSON.stringify(await entriesOf(organization)), path.slice(-43))
  })

  test('an account that is connected is told with its beginning and its end', async (context) => {
    const { assert, client } = context
    const fixture = await connectFixture(async (work) => context.cleanup(work))
    await new Browser(client, fixture.operator).connect(fixture.person(), 'nova-hollis')
    const [connection] = await fixture.connections()
    const [connected, begun] = await entriesOf(fixture.organization)
    assert.deepEqual(begun.given, { provider: 'sandbox', reconnect: null })
    assert.equal(begun.action, 'connection.begin_connect')
    assert.containSubset(connected, { action: 'connection.connect', outcome: 'done' })
    assert.deepEqual(connected.target, { kind: 'connection', id: connection.id, name: 'Nova Hollis' })
    assert.equal(connected.actor.id, fixture.operator.id)
  })

  test('whoever connects by a link is told under the name that the link has', async (context) => {
    const { assert, client } = context
    const fixture = await connectFixture(async (work) => context.cleanup(work))
    const caller = await anApiCaller({ organizationId: fixture.organization.id })
    const made = await caller.post('/connect-links', { provider: 'sandbox', owner: 'ana' })
    const url = String(made.body.url)
    await new LinkVisitor(client).connect(url, fixture.person(), 'nova-hollis')
    const entries = (await entriesOf(fixture.organization)).reverse()
    assert.deepEqual(entries.map(shortly), [
      ['connect_link.create', 'done', 'api_key', caller.apiKey.name],
      ['connect_link.open', 'done', 'link', 'ana'],
      ['connection.connect', 'done', 'link', 'ana'],
    ])
    assert.notInclude(JSON.stringify(entries), new URL(url).searchParams.get('signature') ?? '?')
  })

  test('an address of a link that we did not sign is nobody, and leaves nothing', async ({
    client,
    assert,
  }) => {
    await new LinkVisitor(client).press('/link/00000000-0000-7000-8000-0000000000ff?signature=x')
    assert.lengthOf(await db.from('audit_events'), 0)
  })

  test('an MCP server that is connected is told by its provider', async (context: TestContext) => {
    const { assert, client } = context
    const fixture = await mcpFixture(async (work) => context.cleanup(work))
    await new McpBrowser(client, fixture.operator).enter(fixture.resource.resource)
    const [entry] = await entriesOf(fixture.organization)
    assert.containSubset(entry, { action: 'connection.begin_connect', outcome: 'done' })
    assert.isString(entry.given.provider)
  })
})

test.group('Audit trail: refusals', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await db.from('audit_events').delete()
  })

  test('what a role may not do is told as refused, and changes nothing', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const { id } = await aConnection(organization)
    const sent = client.post(`/accounts/${id}/pause`).loginAs(user).withCsrfToken()
    ;(await sent.redirects(0)).assertStatus(403)
    const [entry, ...others] = await entriesOf(organization)
    assert.lengthOf(others, 0)
    assert.containSubset(entry, { action: 'connection.pause', outcome: 'refused', status: 403, changes: {} })
    assert.equal(entry.target.id, id)
  })

  test('what belongs to another organization is refused, and its name is not told', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('admin')
    const { organization: other } = await aPerson('admin')
    const { id } = await aConnection(other, { displayName: 'Theirs' })
    await client.post(`/accounts/${id}/pause`).loginAs(user).withCsrfToken().redirects(0)
    const [entry] = await entriesOf(organization)
    assert.containSubset(entry, { outcome: 'refused', status: 404, target: { name: null } })
    assert.lengthOf(await entriesOf(other), 0)
  })

  test('a form that goes back with a message is refused, though it ends in a redirect', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('admin')
    const sent = client.post('/campaigns').form({ name: '', windowHours: '' }).loginAs(user).withCsrfToken()
    ;(await sent.redirects(0)).assertStatus(303)
    const [entry] = await entriesOf(organization)
    assert.containSubset(entry, { action: 'campaign.create', outcome: 'refused', status: 303 })
  })

  test('calls: a missing ability, bad input and an unknown id are refused under the name of the key', async ({
    assert,
  }) => {
    const { organization } = await aPerson('admin')
    const organizationId = organization.id
    const caller = await anApiCaller({ organizationId, abilities: ['connections:write'] })
    const { id } = await aConnection(organization)
    const calls: [string, unknown, number][] = [
      ['/campaigns', { name: 'Quiz' }, 403],
      [`/connections/${id}/pause`, { strange: true }, 422],
      ['/connections/00000000-0000-7000-8000-0000000000ff/pause', undefined, 404],
      ['/connections/nonsense/pause', undefined, 404],
    ]
    for (const [path, body, status] of calls) {
      assert.equal((await caller.post(path, body)).status, status)
      const [entry] = await entriesOf(organization)
      assert.containSubset(entry, { outcome: 'refused', status, actor: { id: caller.apiKey.id } })
    }
    assert.lengthOf(await entriesOf(organization), calls.length)
  })

  test('nobody is told of whom nobody knows: no session, no key', async ({ client, assert }) => {
    const { organization } = await aPerson('admin')
    const { id } = await aConnection(organization)
    await client.post(`/accounts/${id}/pause`).withCsrfToken().redirects(0)
    await client.post(`/api/v1/connections/${id}/pause`).header('Authorization', 'Bearer evg_wrong')
    assert.lengthOf(await db.from('audit_events'), 0)
  })

  test('a call that is repeated with its key was one action', async ({ assert }) => {
    const { organization } = await aPerson('admin')
    const caller = await anApiCaller({ organizationId: organization.id })
    for (const expected of [undefined, 'true']) {
      const answer = await caller.post('/campaigns', { name: 'Quiz' }, { 'idempotency-key': 'one' })
      assert.equal(answer.headers.get('idempotency-replayed') ?? undefined, expected)
    }
    assert.lengthOf(await entriesOf(organization), 1)
  })

  test('what cannot be told does not happen; what broke off stays as begun', async ({
    client,
    assert,
    cleanup,
  }) => {
    const { user, organization } = await aPerson('admin')
    const connection = await aConnection(organization)
    const audit = await app.container.make('audit')
    cleanup(() => app.container.bindValue('audit', audit))
    const lend = (trail: Partial<AuditTrail>) => {
      const { begin, end, look, atHome } = audit.trail
      const bound = Object.entries({ begin, end, look, atHome }).map(([name, own]) => [
        name,
        own.bind(audit.trail),
      ])
      const lent = { ...Object.fromEntries(bound), ...trail } as unknown as AuditTrail
      app.container.bindValue('audit', { ...audit, trail: lent })
    }
    const pause = () =>
      client.post(`/accounts/${connection.id}/pause`).loginAs(user).withCsrfToken().redirects(0)
    lend({ begin: () => Promise.reject(new Error('disk full')) })
    ;(await pause()).assertStatus(500)
    assert.isNull((await connection.refresh()).pausedAt)
    lend({ end: () => Promise.reject(new Error('disk full')) })
    ;(await pause()).assertStatus(303)
    assert.isNotNull((await connection.refresh()).pausedAt)
    const [entry] = await entriesOf(organization)
    assert.containSubset(entry, { action: 'connection.pause', outcome: 'begun', status: null })
  })
})
