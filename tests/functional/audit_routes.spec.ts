/** The audit trail (SPEC §6): every route that changes something is in it. */
import router from '@adonisjs/core/services/router'
import { test } from '@japa/runner'
import { declarationOf } from '#middleware/audit_trail_middleware'
import { CALLS } from '#tests/helpers/audit/audit_calls'
import { PAGES } from '#tests/helpers/audit/audit_pages'
import { PEOPLE } from '#tests/helpers/audit/audit_people'
import { PROGRAMS } from '#tests/helpers/audit/audit_programs'
import { auditScene, type AuditScene } from '#tests/helpers/audit/audit_scene'

/** Routes that change something and are not told, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'POST /theme': 'a cookie of this browser',
  'POST /accounts/view': 'a cookie of this browser',
  'POST /language': 'a cookie of this browser, or how the own pages speak',
  'POST /shell': 'a cookie of this browser: how wide the rail is',
  'POST /inbox/read': 'what oneself has read',
  'POST /inbox/:id/read': 'what oneself has read',
}

/**
 * Routes whose way through the application has several steps: tested in `audit_visitors.spec.ts`, and the
 * export in `audit_page.spec.ts`.
 */
const VISITED = new Set([
  ...['POST /login', 'POST /connect/mcp', 'POST /connect/:provider/start', 'POST /link/:id'],
  ...['POST /login/two-factor', 'POST /invitations/:token'],
  // tested in `first_person_pages.spec.ts`
  'POST /setup',
  ...['GET /connect/:provider/callback', 'GET /audit/export'],
  // tested in `account_forms.spec.ts`
  'POST /accounts/:id/link',
  // tested in `reconnect_letters.spec.ts`
  'POST /accounts/:id/link/send',
  // tested in `run_results.spec.ts`
  'GET /runs/:id/report/:format',
])

/** Routes that are asked for with GET and change something. */
const CHANGING_GETS = new Set(['GET /connect/:provider/callback', 'GET /audit/export'])

/** All routes of the application; the one that answers unknown addresses with 404 is none. */
function routes() {
  return Object.values(router.toJSON())
    .flat()
    .filter(({ pattern }) => pattern !== '/*')
    .flatMap((route) =>
      route.methods
        .filter((method) => method !== 'HEAD')
        .map((method) => ({ name: `${method} ${route.pattern}`, declared: declarationOf(route) }))
    )
}

const changing = () => routes().filter(({ name }) => !name.startsWith('GET ') || CHANGING_GETS.has(name))
/** One file for each area; a new area adds its own. */
const TABLE = { ...PAGES, ...PEOPLE, ...PROGRAMS, ...CALLS }

test.group('Audit trail: which routes', () => {
  test('every route that changes something declares what it changes, or says why it is not told', ({
    assert,
  }) => {
    const silent = changing().filter(({ name, declared }) => !declared && !(name in EXCEPTIONS))
    assert.deepEqual(
      silent.map(({ name }) => name),
      []
    )
    const needless = Object.keys(EXCEPTIONS).filter((name) => !changing().some((one) => one.name === name))
    assert.deepEqual(needless, [])
  })

  test('every declared route has a row in the table of its kind, and no row is about nothing', ({
    assert,
  }) => {
    const declared = routes().filter((route) => route.declared)
    const untested = declared.filter(({ name }) => !(name in TABLE) && !VISITED.has(name))
    assert.deepEqual(
      untested.map(({ name }) => name),
      []
    )
    const known = new Set(declared.map(({ name }) => name))
    assert.deepEqual(
      Object.keys(TABLE).filter((name) => !known.has(name)),
      []
    )
  })
})

test.group('Audit trail: what one organization does to all', (group) => {
  group.each.timeout(20_000)

  test('each organization hears who did it, but not from where; what is one’s own stays there', async (context) => {
    const { assert, client } = context
    const scene = (await auditScene((work) => context.cleanup(work))).through(client)
    for (const name of ['POST /providers/:key/circuit', 'POST /settings/data/rotate']) {
      const shared = name.includes('rotate')
      await PAGES[name].act(scene)
      assert.equal((await scene.last()).ip, '127.0.0.1')
      assert.equal(Boolean(await scene.lastOf('elsewhere')), shared, name)
    }
    await scene.post('/providers/acme/circuit')
    for (const action of ['provider.open_gate', 'installation.rotate_encryption']) {
      const [told] = (await scene.entries()).filter((entry) => entry.action === action)
      const elsewhere = (await scene.entriesOf('elsewhere')).filter((entry) => entry.action === action)
      assert.lengthOf(elsewhere, 1)
      const { actor, target, outcome } = told
      assert.deepInclude(elsewhere[0], { actor, target, outcome, ip: null, userAgent: null })
    }
  })
})

test.group('Audit trail: each route leaves its entry', (group) => {
  let scene: AuditScene
  const ends: (() => Promise<void> | void)[] = []
  group.each.timeout(20_000)
  group.setup(async () => {
    scene = await auditScene((work) => void ends.unshift(work))
  })
  group.teardown(async () => {
    for (const end of ends) await end()
  })

  for (const [name, { action, target, act }] of Object.entries(TABLE)) {
    test(name, async ({ assert, client }) => {
      const { status, id } = await act(scene.through(client))
      const entry = await scene.last()
      const isCall = name.includes(' /api/')
      assert.isBelow(status, 400)
      assert.containSubset(entry, {
        action,
        outcome: 'done',
        status,
        ip: '127.0.0.1',
        target: { kind: target },
      })
      assert.equal(entry.actor.kind, isCall ? 'api_key' : 'person')
      if (isCall) assert.equal(entry.actor.id, scene.caller.apiKey.id)
      if (id !== undefined) assert.equal(entry.target.id, id)
      else if (target) assert.isNotNull(entry.target.id, 'what was made is named')
      assert.notMatch(JSON.stringify(entry), /SECRET|the-client-secret|v1:/)
    })
  }
})
