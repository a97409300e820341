/** What a run keeps of each account, its report from page and command, and what can be done with it afterwards. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import Membership from '#models/membership'
import Run from '#models/run'
import User from '#models/user'
import { compareWithPrevious } from '#services/run_comparison'
import { countsByProvider, failureCauses, sumOf } from '#services/run_result_counts'
import { decodePlace, EVERYTHING, resultPage } from '#services/run_result_list'
import { MOST_SKIPPED, RunResults } from '#services/run_results'
import { refreshPlan } from '#services/schedule_pages'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { aceHere, lendToCommands } from '#tests/helpers/in_process_ace'
import { PASSWORD } from '#tests/helpers/people'
import { runCounts } from '#transformers/run_row'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
const dialects: Dialect[] = ['sqlite', 'postgres']

const runs = () => Run.query().orderBy('created_at').orderBy('id')
const command = (...args: string[]) => aceHere('token:refresh', '--organization=main', ...args)

async function anOperator(): Promise<User> {
  const user = await User.create({ email: 'operator@example.com', password: PASSWORD, fullName: 'Olga' })
  await Membership.create({ organizationId: ORGANIZATION, userId: user.id, role: 'operator' })
  return user
}

/** A file for a report, which is gone after the test. */
async function reportFile(cleanup: (work: () => Promise<void>) => void, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'evergrant-report-'))
  cleanup(() => rm(folder, { recursive: true }))
  return join(folder, name)
}

/** The statuses and reasons of a run, by account. */
async function told(run: Run) {
  const { items } = await resultPage(run, EVERYTHING, null)
  return Object.fromEntries(items.map((one) => [one.username, [one.status, one.reason, one.errorCode]]))
}

for (const dialect of dialects) {
  test.group(`Results of runs on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let cleanup: (work: () => Promise<void>) => void
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      cleanup = (work) => context.cleanup(work)
      fixture = await engineFixture(dialect, cleanup)
      await lendToCommands(cleanup, dialect, fixture.engine)
    })

    test('each account stands in its run: refreshed, failed with its cause, skipped with its reason', async ({
      assert,
    }) => {
      const { connect, server, clock } = fixture
      await connect('ana')
      await connect('bob')
      await connect('eve', { token_expires_at: clock.now() + 50 * HOUR })
      server.revoke('bob')
      await command()
      const [run] = await runs()
      assert.deepEqual(await told(run), {
        ana: ['refreshed', 'refreshed', null],
        bob: ['failed', 'rejected', 'invalid_grant'],
        eve: ['skipped', 'not_due', null],
      })
      assert.deepInclude(run.$attributes, { refreshed: 1, failed: 1, skipped: 1, retrying: 1 })
      const [cause, ...others] = await failureCauses(run)
      assert.lengthOf(others, 0)
      assert.deepInclude(cause, { reason: 'rejected', errorCode: 'invalid_grant', count: 1, retrying: 1 })
      assert.deepInclude(sumOf(await countsByProvider(run)), { done: 1, failed: 0, retrying: 1, skipped: 1 })
    })

    test('a verification lists its verdicts', async ({ assert }) => {
      const { connect, server } = fixture
      await connect('ana')
      await connect('bob', { token_expires_at: 1 })
      server.revoke('bob')
      await aceHere('token:verify', '--organization=main')
      const [run] = await runs()
      assert.deepEqual(Object.keys(await told(run)).sort(), ['ana', 'bob'])
      assert.equal((await told(run)).bob[0], 'invalid')
    })

    test('pages forth and back by provider and account, without gap or repetition', async ({ assert }) => {
      const { connect } = fixture
      for (let index = 0; index < 7; index++) await connect(`account-${index}`)
      await command()
      const [run] = await runs()
      const first = await resultPage(run, EVERYTHING, null, 4)
      const second = await resultPage(run, EVERYTHING, decodePlace(first.next), 4)
      const ids = [...first.items, ...second.items].map(({ connectionId }) => connectionId)
      assert.equal(new Set(ids).size, 7)
      assert.isNull(second.next)
      const back = await resultPage(run, EVERYTHING, decodePlace(second.previous), 4)
      assert.deepEqual(back.items, first.items)
    })

    test('what failed comes first, on each page', async ({ assert }) => {
      const { connect, server } = fixture
      for (let index = 0; index < 6; index++) await connect(`account-${index}`)
      for (const index of [1, 3, 5]) server.revoke(`account-${index}`)
      await command()
      const [run] = await runs()
      const statuses: string[] = []
      const seen = new Set<string>()
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await resultPage(run, EVERYTHING, decodePlace(cursor), 2)
        statuses.push(...page.items.map(({ status }) => status))
        for (const { connectionId } of page.items) seen.add(connectionId)
        cursor = page.next
      }
      assert.deepEqual(statuses, [...Array(3).fill('failed'), ...Array(3).fill('refreshed')])
      assert.equal(seen.size, 6)
    })

    test('beside the run before: who fails newly, who has recovered', async ({ assert }) => {
      const { connect, server, update, clock } = fixture
      const ana = await connect('ana')
      const bob = await connect('bob')
      server.next((response) => void response.writeHead(503).end())
      await command(ana, '--force')
      await command(bob, '--force')
      server.revoke('bob')
      await update(ana, { next_refresh_at: clock.now() })
      await command(ana, bob, '--force')
      const [first, , third] = await runs()
      assert.equal((await told(first)).ana[0], 'failed')
      const comparison = await compareWithPrevious(third)
      assert.equal(comparison?.failing.count, 1)
      assert.equal(comparison?.failing.accounts[0].username, 'bob')
      // The run right before was about bob alone; ana was no part of it.
      assert.equal(comparison?.recovered.count, 0)
    })

    test('what was given up and is tried by force counts as failed, and nobody promises to come back', async ({
      assert,
    }) => {
      const { connect, server, row } = fixture
      const bob = await connect('bob', { is_active: false, status: 'needs_reauth', next_refresh_at: null })
      server.revoke('bob')
      await command(bob, '--force')
      const [run] = await runs()
      assert.deepInclude(run.$attributes, { failed: 1, retrying: 0 })
      assert.equal((await failureCauses(run))[0].retrying, 0)
      assert.isNull((await row(bob)).next_refresh_at)
    })

    test('what is tried again is retrying in counts, tabs, rows and causes alike', async ({
      assert,
      client,
    }) => {
      const { connect, server, engine } = fixture
      await connect('ana')
      await connect('bob')
      const eve = await connect('eve', { is_active: false, status: 'needs_reauth', next_refresh_at: null })
      for (const account of ['bob', 'eve']) server.revoke(account)
      const ids = (await fixture.all('SELECT id FROM connections')).map(({ id }) => id as string)
      const selection = { organizationId: ORGANIZATION, ids, force: true }
      const shared = { job: 'token:refresh', kind: 'manual' as const, trigger: 'ui' as const, concurrency: 2 }
      await engine.runs.run({ ...shared, selection })
      const [run] = await runs()
      const counts = sumOf(await countsByProvider(run))
      assert.deepInclude(counts, { failed: 1, retrying: 1, done: 1, total: 3 })
      assert.deepInclude(runCounts(run), { failed: 1, retrying: 1 })
      const of = async (shown: 'failed' | 'retrying') =>
        (await resultPage(run, { ...EVERYTHING, group: shown }, null)).items.map(({ username }) => username)
      assert.deepEqual([await of('failed'), await of('retrying')], [['eve'], ['bob']])
      const text = (await client.get(`/runs/${run.id}`).loginAs(await anOperator())).text()
      assert.include(text, 'Retry failed and retrying (2)')
      assert.match(text, new RegExp(`id="result-${eve}"[\\s\\S]*?data-outcome="failed"`))
      assert.lengthOf(text.match(/data-outcome="retrying"/g) ?? [], 1)
    })

    test('retry failed: a new run over exactly those accounts', async ({ assert, client }) => {
      const { connect, server } = fixture
      await connect('ana')
      const bob = await connect('bob')
      server.next((response) => void response.writeHead(400).end('{"error":"invalid_grant"}'))
      await command(bob)
      const [failed] = await runs()
      const user = await anOperator()
      ;(await client.get(`/runs/${failed.id}`).loginAs(user)).assertTextIncludes('Retry now (1)')
      const answer = await client.post(`/runs/${failed.id}/retry`).loginAs(user).withCsrfToken().redirects(0)
      answer.assertStatus(303)
      const id = answer.header('location')!.replace('/runs/', '')
      while ((await Run.findOrFail(id)).finishedAt === null)
        await new Promise((resolve) => setImmediate(resolve))
      const retry = await Run.findOrFail(id)
      assert.deepInclude(retry.$attributes, { total: 1, refreshed: 1, trigger: 'ui', actor: user.email })
      assert.deepEqual(Object.keys(await told(retry)), ['bob'])
      const page = (await client.get(`/runs/${id}`).loginAs(user)).text()
      assert.include(page, `node ace token:refresh ${bob} --force`)
    })

    test('results age with the log', async ({ assert }) => {
      const { connect, engine } = fixture
      await connect('ana')
      await command()
      const [run] = await runs()
      await db.from('run_results').update({ created_at: dialect === 'postgres' ? new Date(1) : 1 })
      await engine.retention.prune()
      assert.deepEqual(await told(run), {})
      assert.equal((await Run.findOrFail(run.id)).refreshed, 1)
    })

    test('of an account that was deleted meanwhile nothing is kept, and the others are', async ({
      assert,
    }) => {
      const { connect, remove } = fixture
      const [ana, bob] = [await connect('ana'), await connect('bob')]
      await command()
      const [run] = await runs()
      await db.from('run_results').delete()
      const results = new RunResults(run.id)
      for (const connectionId of [ana, bob])
        results.add({ connectionId, provider: 'acme', status: 'skipped', reason: 'not_due' })
      await remove(ana)
      await results.flush()
      assert.deepEqual(Object.keys(await told(run)), ['bob'])
    })

    test('the plan counts what is due by now, and each refresh in its part', async ({ assert }) => {
      const { connect, clock } = fixture
      const now = clock.now()
      await connect('late', { next_refresh_at: now - 1 })
      await connect('soon', { next_refresh_at: now + 5 * MINUTE })
      await connect('later', { next_refresh_at: now + 25 * MINUTE })
      await connect('paused', { next_refresh_at: now + 5 * MINUTE, paused_at: now })
      await connect('beyond', { next_refresh_at: now + HOUR })
      const query = { from: now, step: 10 * MINUTE, count: 3 }
      const plan = await refreshPlan(ORGANIZATION, [{ id: 'acme', windowed: false }], query)
      assert.deepEqual(plan, { parts: [1, 0, 1], due: 1 })
      const windowed = await refreshPlan(ORGANIZATION, [{ id: 'acme', windowed: true }], query)
      assert.deepEqual(windowed, { parts: [0, 0, 0], due: 0 })
    })
  })
}

test.group('Reports of runs', (group) => {
  let fixture: EngineFixture
  let cleanup: (work: () => Promise<void>) => void
  group.each.setup(async (context) => {
    cleanup = (work) => context.cleanup(work)
    fixture = await engineFixture('sqlite', cleanup)
    await lendToCommands(cleanup, 'sqlite', fixture.engine)
  })

  for (const format of ['json', 'md', 'xml'] as const) {
    test(`the report as ${format} has the same bytes from the command and from the page`, async ({
      assert,
      client,
    }) => {
      const { connect, server } = fixture
      await connect('a|na <b>')
      await connect('bob')
      server.revoke('bob')
      const file = await reportFile(cleanup, `report.${format}`)
      await command(`--report=${file}`)
      const [run] = await runs()
      const user = await anOperator()
      const page = await client.get(`/runs/${run.id}/report/${format}`).loginAs(user)
      page.assertStatus(200)
      assert.include(page.header('content-disposition'), `run-${run.id}.${format}`)
      const written = await readFile(file, 'utf8')
      assert.equal(page.text(), written)
      assert.include(written, 'invalid_grant'.replace('_', format === 'md' ? '\\_' : '_'))
      assert.notMatch(written, /first-ana|first-bob/)
      const entry = await db.from('audit_events').where('target_id', run.id).first()
      assert.deepInclude(entry, { action: 'connection.export', outcome: 'done' })
    })
  }

  test('a dry run can be reported, and is in no list', async ({ assert }) => {
    await fixture.connect('ana')
    const file = await reportFile(cleanup, 'plan.json')
    await command('--dry-run', `--report=${file}`)
    const report = JSON.parse(await readFile(file, 'utf8'))
    assert.deepInclude(report, { schema_version: 1, run_id: null, dry_run: true, total: 1 })
    assert.deepInclude(report.results[0], { name: 'ana', status: 'would_refresh', reason: 'due' })
    assert.lengthOf(await runs(), 0)
  })

  test('a report that cannot be written is bad usage, before anything is refreshed', async ({ assert }) => {
    await fixture.connect('ana')
    for (const file of ['report.txt', '/no/such/place/report.json']) {
      const { code, stderr } = await command(`--report=${file}`)
      assert.equal(code, 2)
      assert.include(stderr, '--report=')
    }
    assert.lengthOf(fixture.server.presented, 0)
  })
})

test.group('Results of runs', () => {
  test('of what is skipped so many are listed, and no more', ({ assert }) => {
    const results = new RunResults('run')
    const entry = { provider: 'acme', status: 'skipped', reason: 'not_due' }
    for (let index = 0; index < MOST_SKIPPED + 5; index++) results.add({ ...entry, connectionId: `${index}` })
    assert.equal(results.waiting, MOST_SKIPPED)
  })

  test('a place in the URL that makes no sense is the first page', ({ assert }) => {
    for (const text of [undefined, '', 'x', 'a'.repeat(500), Buffer.from('n.1.x').toString('base64url')])
      assert.isNull(decodePlace(text))
  })
})
