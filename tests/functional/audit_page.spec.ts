/** The page of the audit trail and its files (UI.md §4.9). */
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import type { Role } from '#models/membership'
import type User from '#models/user'
import { ALL_ACTIONS, ACTION_GROUPS } from '#services/audit/actions'
import type { Audit } from '#services/audit/build_audit'
import { TARGETS } from '#services/audit/targets'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const words = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
const get = (client: ApiClient, path: string, user: User) =>
  client.get(path).loginAs(user).redirects(0).header('Accept', 'text/html')

test.group('Audit page', (group) => {
  let audit: Audit
  group.each.setup(async () => {
    await emptyTables()
    await db.from('audit_events').delete()
    audit = await app.container.make('audit')
  })

  /** Somebody pauses an account by its page. */
  async function aPause(client: ApiClient) {
    const { user, organization } = await aPerson('operator')
    const connection = await aConnection(organization, { displayName: '=Ana "Live"' })
    const sent = client.post(`/accounts/${connection.id}/pause`).loginAs(user).withCsrfToken()
    await sent.redirects(0).header('User-Agent', 'Browser/1')
    return { user, organization, connection }
  }

  test('tells who did what to what, from where, and what it changed', async ({ client, assert }) => {
    const { user, connection } = await aPause(client)
    const page = (await get(client, '/audit', user)).text()
    const text = words(page)
    for (const part of ['Paused an account', '=Ana &quot;Live&quot;', user.fullName ?? '', 'Person', 'Done'])
      assert.include(text, part)
    assert.include(page, `href="/accounts/${connection.id}"`)
    assert.match(text, /paused_at – → becomes 20\d\d-/)
    assert.include(text, 'Browser/1')
    assert.include(text, 'kept for 400 days')
    assert.notMatch(page, /SEALED-/)
  })

  test('a search that nobody understands is refused, whether it was to be refreshed or handed out', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson('admin')
    const refresh = client.post('/accounts/refresh').form({ q: 'provider:nope' })
    const answers = [
      await refresh.loginAs(user).withCsrfToken().redirects(0),
      await get(client, '/accounts/export?q=provider%3Anope', user),
    ]
    assert.deepEqual(
      answers.map((answer) => [answer.status(), answer.flashMessage('notice')?.tone]),
      [
        [303, 'bad'],
        [302, 'bad'],
      ]
    )
    const entries = await db.from('audit_events').orderBy('id').select('action', 'outcome')
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ['refused', 'refused']
    )
  })

  test('is for admins and operators: {role} gets {status}')
    .with([
      ...(['admin', 'operator'] as const).map((role) => ({ role: role as Role, status: 200 })),
      ...(['viewer', 'game_master', 'streamer'] as const).map((role) => ({
        role: role as Role,
        status: 403,
      })),
    ])
    .run(async ({ client, assert }, { role, status }) => {
      const { user } = await aPerson(role)
      assert.equal((await get(client, '/audit', user)).status(), status)
      assert.equal((await get(client, '/audit/export', user)).status(), status)
      const home = (await get(client, '/inbox', user)).text()
      assert.equal(home.includes('href="/audit"'), status === 200)
    })

  test('shows nothing of another organization, on the page and in the files', async ({ client, assert }) => {
    const { connection } = await aPause(client)
    const { user } = await aPerson('admin')
    for (const path of ['/audit', `/audit?target=${connection.id}`, '/audit/export?format=json'])
      assert.notInclude((await get(client, path, user)).text(), '=Ana', path)
  })

  test('is narrowed by area, outcome, person, thing and period, all in the address', async ({
    client,
    assert,
  }) => {
    const { user, connection } = await aPause(client)
    const shows = async (query: string) => {
      const { text, status } = await get(client, `/audit?${query}`, user).then((answer) => ({
        text: words(answer.text()),
        status: answer.status(),
      }))
      assert.equal(status, 200, query)
      return /Paused an account Account/.test(text)
    }
    const found = ['group=connection', 'outcome=done', 'period=24h', 'what=ana', `target=${connection.id}`]
    for (const query of [...found, 'actor=PERSON', found.join('&')]) assert.isTrue(await shows(query), query)
    const none = ['group=campaign', 'outcome=refused', 'what=bob', 'show=hand_outs', 'target=nothing']
    for (const query of none) assert.isFalse(await shows(query), query)
    assert.isTrue(await shows('group=nonsense&outcome=nonsense&period=1y'), 'what makes no sense is ignored')
    const empty = await get(client, '/audit?group=&actor=ana', user)
    assert.equal(empty.header('location'), '/audit?actor=ana')
  })

  test('the page of an account leads to everything that was done with it', async ({ client, assert }) => {
    const { user, connection } = await aPause(client)
    const page = (await get(client, `/accounts/${connection.id}?tab=timeline`, user)).text()
    assert.include(page, `href="/audit?target=${connection.id}"`)
    const text = words((await get(client, `/audit?target=${connection.id}`, user)).text())
    assert.include(text, 'Paused an account')
    assert.include(text, 'Only what concerns')
  })

  test('tells an empty trail from one that nothing matches in', async ({ client, assert }) => {
    const { user } = await aPerson('admin')
    assert.include(words((await get(client, '/audit', user)).text()), 'Nothing was done yet')
    const paused = await aPause(client)
    const text = words((await get(client, '/audit?what=bob', paused.user)).text())
    assert.include(text, 'Nothing matches')
    assert.include(text, 'Clear the filter')
  })

  test('a poll that has seen everything is answered with 304, and with 200 after an action', async ({
    client,
    assert,
  }) => {
    const { user, connection } = await aPause(client)
    const etag = (await get(client, '/audit', user)).header('etag') ?? ''
    const poll = () => get(client, '/audit', user).header('If-None-Match', etag)
    assert.equal((await poll()).status(), 304)
    await client.post(`/accounts/${connection.id}/resume`).loginAs(user).withCsrfToken().redirects(0)
    assert.equal((await poll()).status(), 200)
  })

  test('goes back page by page without losing or repeating a line', async ({ client, assert }) => {
    const { user, organization } = await aPerson('admin')
    const actor = { kind: 'person' as const, id: user.id, name: 'Ana', organizationId: organization.id }
    const origin = { ip: null, userAgent: null, requestId: null }
    const target = { kind: null, id: null, name: null }
    for (let count = 0; count < 120; count++)
      await audit.trail.begin({ actor, action: 'session.sign_in', target, origin })
    const seen: string[] = []
    let path: string | undefined = '/audit'
    while (path) {
      const page: string = (await get(client, path, user)).text()
      seen.push(...[...page.matchAll(/id="audit-([0-9a-f-]{36})"/g)].map(([, id]) => id))
      path = /href="(\/audit\?cursor=[^"]+)"\s+rel="next"/.exec(page)?.[1]
    }
    assert.lengthOf(seen, 120)
    assert.lengthOf(new Set(seen), 120)
  })

  test('CSV: every field, quoted, no cell that a spreadsheet would compute; the export itself is told', async ({
    client,
    assert,
  }) => {
    const { user, connection } = await aPause(client)
    const answer = await get(client, '/audit/export?format=csv&group=connection', user)
    assert.include(answer.header('content-type'), 'text/csv')
    assert.match(answer.header('content-disposition') ?? '', /attachment; filename="audit-[\d-]+\.csv"/)
    const [head, line, ...rest] = answer.text().trim().split('\r\n')
    assert.lengthOf(rest, 0)
    assert.isTrue(head.startsWith('id,at,until,count,actor_kind'))
    assert.include(line, `,connection.pause,connection,${connection.id},"'=Ana ""Live""",done,303,`)
    const { entries } = await audit.log.page(user.id && connection.organizationId, ALL)
    assert.containSubset(entries[0], { action: 'audit.export', outcome: 'done' })
    assert.deepEqual(entries[0].given, { format: 'csv', group: 'connection' })
  })

  test('JSON: a list that can be read, also where nothing matches', async ({ client, assert }) => {
    const { user, connection } = await aPause(client)
    const list = JSON.parse((await get(client, '/audit/export?format=json', user)).text())
    const paused = list.find(({ action }: { action: string }) => action === 'connection.pause')
    assert.equal(paused.target_id, connection.id)
    assert.isNull(paused.changes.paused_at[0])
    const none = await get(client, '/audit/export?format=json&what=nobody', user)
    assert.deepEqual(JSON.parse(none.text()), [])
  })

  test('every action, area and kind of target has words in every language', async ({ assert }) => {
    const i18n = await app.container.make('i18n')
    const kinds = Object.keys(TARGETS)
    for (const locale of ['en', 'fr', 'ja']) {
      const known = i18n.getTranslationsFor(locale)
      const wanted = [
        ...ALL_ACTIONS.map((action) => `audit.action.${action}`),
        ...ACTION_GROUPS.map((one) => `audit.group.${one}`),
        ...kinds.map((kind) => `audit.target_kind.${kind}`),
      ]
      assert.deepEqual(
        wanted.filter((key) => !known[key]),
        [],
        locale
      )
    }
  })

  test('in French and Japanese the page has no English left', async ({ client, assert }) => {
    const { user } = await aPause(client)
    const page = async (language: string) => {
      const answer = get(client, '/audit', user).header('Accept-Language', language)
      return words((await answer).text())
    }
    assert.include(await page('fr'), 'Compte mis en pause')
    assert.include(await page('ja'), 'アカウントの停止')
  })
})

const ALL = {
  ...{ show: 'both' as const, group: null, outcome: null, actorId: null, actor: null },
  ...{ targetId: null, target: null, from: null },
}
