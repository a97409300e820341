import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { RunFactory } from '#database/factories/run_factory'
import type Organization from '#models/organization'
import Run from '#models/run'
import { RunResults } from '#services/run_results'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const START = DateTime.fromISO('2026-03-14T09:26:53Z', { zone: 'utc' })

/** Ids in the order in which a page lists them. */
const idsIn = (text: string, kind: 'run' | 'attempt') =>
  [...text.matchAll(new RegExp(`id="${kind}-([0-9a-f-]{36})"`, 'g'))].map(([, id]) => id)

const linkIn = (text: string, rel: string) =>
  new RegExp(`href="([^"]*)"\\s+rel="${rel}"`).exec(text)?.[1].replaceAll('&amp;', '&')

function aRun(organization: Organization, values: Record<string, unknown> = {}) {
  return RunFactory.merge({ organizationId: organization.id, ...values } as Partial<Run>).create()
}

async function anAttempt(organization: Organization, values: Record<string, unknown> = {}, rejected = false) {
  const connectionId = (values.connectionId as string) ?? (await aConnection(organization)).id
  const factory = RefreshAttemptFactory.merge({ organizationId: organization.id, connectionId, ...values })
  return rejected ? factory.apply('rejected').create() : factory.create()
}

/** Enters one result of each status, and returns the ids of their accounts. */
async function resultsOf(run: Run, organization: Organization, statuses: string[]): Promise<string[]> {
  const results = new RunResults(run.id)
  const ids: string[] = []
  for (const status of statuses) {
    const { id: connectionId } = await aConnection(organization)
    const cause = status === 'failed' ? { reason: 'rejected', errorCode: 'invalid_grant' } : null
    const reason = status === 'skipped' ? 'not_due' : null
    results.add({ connectionId, provider: 'twitch', status, reason, ...cause })
    ids.push(connectionId)
  }
  await results.flush()
  return ids
}

test.group('Runs and activity: who may see them', (group) => {
  group.each.setup(() => emptyTables())

  test('people are called by their names, with the address behind it; who is unknown keeps the stored word', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    await user.merge({ fullName: 'Ada Byron' }).save()
    const own = await aRun(organization, { actor: user.email })
    await aRun(organization, { actor: 'left@example.com' })
    const list = (await client.get('/runs').loginAs(user)).text()
    const page = (await client.get(`/runs/${own.id}`).loginAs(user)).text()
    assert.match(list, new RegExp(`title="${user.email}"[^>]*>\\s*Ada Byron\\s*<`))
    assert.match(list, />\s*left@example\.com\s*</)
    assert.match(page, new RegExp(`title="${user.email}"[^>]*>\\s*by Ada Byron\\s*<`))
  })

  test('a {$self} is refused')
    .with(['game_master', 'streamer'] as const)
    .run(async ({ client }, role) => {
      const { user, organization } = await aPerson(role)
      const run = await aRun(organization)
      for (const page of ['/runs', `/runs/${run.id}`, '/activity', '/schedule']) {
        const response = await client.get(page).loginAs(user).header('Accept', 'text/html')
        response.assertStatus(403)
      }
    })

  test('another organization’s run does not exist here, nor do its refreshes', async ({ client, assert }) => {
    const { user } = await aPerson()
    const { organization } = await aPerson()
    const run = await aRun(organization)
    const attempt = await anAttempt(organization, { runId: run.id })
    const page = await client.get(`/runs/${run.id}`).loginAs(user).header('Accept', 'text/html')
    page.assertStatus(404)
    const malformed = await client.get('/runs/1').loginAs(user).header('Accept', 'text/html')
    malformed.assertStatus(404)
    assert.notInclude((await client.get('/runs').loginAs(user)).text(), run.id)
    assert.notInclude((await client.get('/activity').loginAs(user)).text(), attempt.id)
  })

  test('the error of a failed run is for people who may act', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const run = await aRun(organization, { state: 'failed', error: 'Error: the disk is full' })
    const asOperator = await client.get(`/runs/${run.id}`).loginAs(user)
    asOperator.assertTextIncludes('Error: the disk is full')
    const asViewer = (await client.get(`/runs/${run.id}`).loginAs(viewer)).text()
    assert.notInclude(asViewer, 'the disk is full')
    assert.include(asViewer, 'An operator can see the error')
  })
})

test.group('Runs: what the pages show', (group) => {
  group.each.setup(() => emptyTables())

  test('a job is called what the schedule calls it, in the reader’s language, and a provider by its name', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const job = await aRun(organization, { job: 'auto-token-refresh' })
    const cycle = await aRun(organization, { job: 'twitch-cycle', selection: { provider: 'twitch' } })
    const command = await aRun(organization, { job: 'token:refresh' })
    const page = (await client.get('/runs').loginAs(user)).text()
    assert.include(page, `href="/runs/${job.id}">Token refresh</a>`)
    assert.include(page, `href="/runs/${cycle.id}">Twitch cycle</a>`)
    assert.include(page, 'provider Twitch')
    assert.include(page, `href="/runs/${command.id}">token:refresh</a>`)
    assert.match(page, /<option value="auto-token-refresh"[^>]*>\s*Token refresh\s*</)
    const french = (path: string) => client.get(path).header('Accept-Language', 'fr').loginAs(user)
    assert.match((await french(`/runs/${cycle.id}`)).text(), /<h1[^>]*>\s*Cycle Twitch\s*</)
    await aConnection(organization)
    assert.match((await french('/')).text(), new RegExp(`href="/runs/${job.id}"[^>]*>Renouvellement`))
  })

  test('an empty list says what a run is and where to begin', async ({ client }) => {
    const { user } = await aPerson()
    const page = await client.get('/runs').loginAs(user)
    page.assertTextIncludes('No runs yet')
    page.assertTextIncludes('href="/schedule"')
  })

  test('job, trigger, person, counts and duration of each run, newest first', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const older = await aRun(organization, { createdAt: START, job: 'auto-token-refresh' })
    const newer = await aRun(organization, {
      createdAt: START.plus({ minutes: 1 }),
      trigger: 'ui',
      actor: 'ana@example.com',
      total: 1200,
      refreshed: 1000,
      failed: 20,
      skipped: 180,
      startedAt: START,
      finishedAt: START.plus({ seconds: 90 }),
    })
    const text = (await client.get('/runs').loginAs(user)).text()
    assert.deepEqual(idsIn(text, 'run'), [newer.id, older.id])
    const words = text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
    for (const part of [
      'By hand ana@example.com',
      '1,000 refreshed',
      '20 failed',
      '180 skipped',
      '1 min 30 s',
    ])
      assert.include(words, part)
  })

  test('state and job filter the list, in the URL; an empty field stays out of it', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const failed = await aRun(organization, { state: 'failed', job: 'a' })
    const finished = await aRun(organization, { job: 'b' })
    const found = async (query: string) =>
      idsIn((await client.get(`/runs?${query}`).loginAs(user)).text(), 'run')
    assert.deepEqual(await found('state=failed'), [failed.id])
    assert.deepEqual(await found('job=b'), [finished.id])
    assert.deepEqual(await found('state=failed&job=b'), [])
    assert.sameMembers(await found('state=nonsense&cursor=nonsense'), [failed.id, finished.id])
    const tidied = await client.get('/runs?state=failed&job=').redirects(0).loginAs(user)
    assert.equal(tidied.header('location'), '/runs?state=failed')
  })

  test('pages of fifty, forth and back, keep the filter', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    for (let index = 0; index < 60; index++) await aRun(organization, { createdAt: START })
    const read = async (path: string) => (await client.get(path).loginAs(user)).text()
    const first = await read('/runs?state=finished')
    const next = linkIn(first, 'next')!
    assert.include(next, 'state=finished')
    const second = await read(next)
    assert.equal(idsIn(first, 'run').length, 50)
    assert.equal(new Set([...idsIn(first, 'run'), ...idsIn(second, 'run')]).size, 60)
    assert.isUndefined(linkIn(second, 'next'))
    assert.deepEqual(idsIn(await read(linkIn(second, 'prev')!), 'run'), idsIn(first, 'run'))
  })

  test('a running run is polled each second, and an unchanged one answers 304', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const run = await aRun(organization, { state: 'running', total: 10, refreshed: 4, finishedAt: null })
    for (const path of ['/runs', `/runs/${run.id}`]) {
      const first = await client.get(path).loginAs(user)
      first.assertTextIncludes('up-interval="1000"')
      const poll = () => client.get(path).loginAs(user).header('If-None-Match', first.header('etag')!)
      ;(await poll()).assertStatus(304)
      await run.merge({ refreshed: run.refreshed + 1 }).save()
      ;(await poll()).assertStatus(200)
    }
    await run.merge({ state: 'finished', finishedAt: DateTime.utc() }).save()
    const ended = await client.get(`/runs/${run.id}`).loginAs(user)
    assert.notInclude(ended.text(), 'up-interval="1000"')
  })

  test('lists the accounts of a run by provider, with reasons and links, by outcome', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const run = await aRun(organization, { total: 3, refreshed: 1, failed: 1, skipped: 1 })
    const [good, bad, skipped] = await resultsOf(run, organization, ['refreshed', 'failed', 'skipped'])
    const read = async (query = '', by = user) =>
      (await client.get(`/runs/${run.id}${query}`).loginAs(by)).text()
    const all = await read()
    for (const id of [good, bad, skipped]) assert.include(all, `id="result-${id}"`)
    assert.include(all, 'Not due yet')
    const failed = await read('?group=failed')
    assert.include(failed, `href="/accounts/${bad}"`)
    assert.include(failed, 'invalid_grant')
    assert.notInclude(failed, `id="result-${good}"`)
    assert.notInclude(await read('?group=failed&reason=locked'), `id="result-${bad}"`)
    assert.notInclude(await read('', viewer), 'invalid_grant')
  })

  test('a viewer may neither retry nor take the report, and reads why', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const run = await aRun(organization, { total: 1, failed: 1 })
    await resultsOf(run, organization, ['failed'])
    const page = (await client.get(`/runs/${run.id}`).loginAs(user)).text()
    assert.notInclude(page, `/runs/${run.id}/retry`)
    assert.include(page, 'Your role may look, but not retry or download')
    ;(await client.post(`/runs/${run.id}/retry`).loginAs(user).withCsrfToken()).assertStatus(403)
    const report = client.get(`/runs/${run.id}/report/json`).loginAs(user).header('Accept', 'text/html')
    ;(await report).assertStatus(403)
    assert.lengthOf(await Run.all(), 1)
  })

  test('another organization’s run has no report here and cannot be retried', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const { organization } = await aPerson()
    const run = await aRun(organization, { total: 1, failed: 1 })
    await resultsOf(run, organization, ['failed'])
    const report = client.get(`/runs/${run.id}/report/json`).loginAs(user).header('Accept', 'text/html')
    ;(await report).assertStatus(404)
    const retry = client.post(`/runs/${run.id}/retry`).loginAs(user).withCsrfToken()
    ;(await retry.header('Accept', 'text/html')).assertStatus(404)
    assert.lengthOf(await Run.all(), 1)
    const unknown = await aRun((await aPerson('operator')).organization)
    const odd = client.get(`/runs/${unknown.id}/report/exe`).loginAs(user).header('Accept', 'text/html')
    ;(await odd).assertStatus(404)
  })

  test('a run without failures is not retried, and the page says so', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const run = await aRun(organization, { total: 1, refreshed: 1 })
    const page = await client.post(`/runs/${run.id}/retry`).loginAs(user).withCsrfToken()
    page.assertTextIncludes('data-tone="bad"')
    page.assertTextIncludes('Nothing was begun')
    assert.notInclude(page.text(), 'Retry failed')
    assert.lengthOf(await Run.all(), 1)
  })

  test('the trigger filters the list; a simulated run is marked', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const byHand = await aRun(organization, { trigger: 'ui', kind: 'test' })
    await aRun(organization, { trigger: 'schedule' })
    const page = (await client.get('/runs?trigger=ui').loginAs(user)).text()
    assert.deepEqual(idsIn(page, 'run'), [byHand.id])
    assert.include(page, 'Simulated')
  })

  test('what a job tells beside its counts stands on its page', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const stats = { total: 9, valid: 4, expired_refreshed: 2, invalid: 1, suspended: 1, untested: 1 }
    const run = await aRun(organization, { summary: { stats } })
    const text = (await client.get(`/runs/${run.id}`).loginAs(user)).text().replace(/<[^>]+>/g, ' ')
    assert.match(text, /Expired refreshed\s+2\b/)
    assert.match(text, /Suspended\s+1\b/)
  })
})

test.group('Activity: the refresh log of an organization', (group) => {
  group.each.setup(() => emptyTables())

  test('outcome, kind, provider and period narrow it, in the URL', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const now = DateTime.utc()
    const recent = await anAttempt(organization, { kind: 'manual', createdAt: now })
    const elsewhere = { provider: 'elsewhere', createdAt: now.minus({ hours: 3 }) }
    const failed = await anAttempt(organization, elsewhere, true)
    const old = await anAttempt(organization, { createdAt: now.minus({ days: 3 }) })
    const found = async (query: string) =>
      idsIn((await client.get(`/activity?${query}`).loginAs(user)).text(), 'attempt')
    assert.deepEqual(await found(''), [recent.id, failed.id, old.id])
    assert.deepEqual(await found('outcome=failed'), [failed.id])
    assert.deepEqual(await found('kind=manual'), [recent.id])
    assert.deepEqual(await found('provider=elsewhere'), [failed.id])
    assert.deepEqual(await found('period=1h'), [recent.id])
    assert.deepEqual(await found('period=24h&outcome=failed'), [failed.id])
    assert.deepEqual(await found('outcome=nonsense&period=%00&cursor=x'), [recent.id, failed.id, old.id])
  })

  test('pages of fifty without gap or repetition', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const { id: connectionId } = await aConnection(organization)
    for (let index = 0; index < 60; index++) await anAttempt(organization, { connectionId, createdAt: START })
    const read = async (path: string) => (await client.get(path).loginAs(user)).text()
    const first = await read('/activity')
    const second = await read(linkIn(first, 'next')!)
    assert.equal(new Set([...idsIn(first, 'attempt'), ...idsIn(second, 'attempt')]).size, 60)
  })

  test('the list stays where it is: what is new is counted until somebody asks, or comes by itself', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const first = await anAttempt(organization, { createdAt: DateTime.utc().minus({ minutes: 5 }) })
    const page = (await client.get('/activity').loginAs(user)).text()
    const source = /up-source="([^"]+)"/.exec(page)![1].replaceAll('&amp;', '&')
    const second = await anAttempt(organization)
    const poll = (await client.get(source).loginAs(user)).text()
    assert.deepEqual(idsIn(poll, 'attempt'), [first.id])
    assert.include(poll, '1 new · show')
    const tail = (await client.get('/activity?tail=on').loginAs(user)).text()
    assert.deepEqual(idsIn(tail, 'attempt'), [second.id, first.id])
    assert.notMatch(/up-source="([^"]+)"/.exec(tail)![1], /until/)
    const still = /data-still="([^"]+)"/.exec(tail)![1].replaceAll('&amp;', '&')
    await anAttempt(organization)
    const stayed = (await client.get(still).loginAs(user)).text()
    assert.deepEqual(idsIn(stayed, 'attempt'), [second.id, first.id], 'for who reads further down')
    assert.match(stayed, /href="\/activity\?tail=on"[^>]*>[^]*?1 new · show/)
    assert.notMatch(/up-source="([^"]+)"/.exec(stayed)![1], /until/)
  })

  test('the histogram says its total and its peak in one sentence, which a poll changes with its figures only', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const createdAt = DateTime.utc().minus({ hours: 3 }).startOf('hour')
    for (let count = 0; count < 2; count++) await anAttempt(organization, { createdAt })
    await anAttempt(organization)
    const page = (await client.get('/activity').loginAs(user)).text()
    const status = /<p id="activity-chart-status"[^>]*role="status" up-keep="same-html">([^<]*)</.exec(
      page
    )![1]
    assert.match(status, /: 3 refreshes\. Peak at \S+ \d\d:00: 2\./)
  })

  test('a bar of the histogram is a link to its part of the log', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const old = await anAttempt(organization, { createdAt: DateTime.utc().minus({ hours: 3 }) })
    await anAttempt(organization, { createdAt: DateTime.utc().minus({ hours: 8 }) }, true)
    const page = (await client.get('/activity?outcome=success').loginAs(user)).text()
    const bars = [...page.matchAll(/href="(\/activity\?[^"]*from=[^"]*)"/g)].map(([, href]) =>
      href.replaceAll('&amp;', '&')
    )
    assert.isTrue(bars.every((href) => href.includes('outcome=success')))
    const found = []
    for (const href of new Set(bars))
      found.push(...idsIn((await client.get(href).loginAs(user)).text(), 'attempt'))
    assert.deepEqual(found, [old.id])
  })

  test('the refreshes of one run, and how long they are kept', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const run = await aRun(organization, { job: 'auto-token-refresh' })
    const own = await anAttempt(organization, { runId: run.id })
    await anAttempt(organization)
    const page = (await client.get(`/activity?run=${run.id}`).loginAs(user)).text()
    assert.deepEqual(idsIn(page, 'attempt'), [own.id])
    assert.include(page, `href="/runs/${run.id}">Token refresh</a>`)
    assert.include(page, 'Entries are kept for 30 d')
  })

  test('an entry by itself: with its neighbours in the list, as JSON, without a provider’s words for viewers', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const at = DateTime.utc().minus({ minutes: 9 })
    const fp = { oldFp: 'a'.repeat(64), newFp: 'b'.repeat(64) }
    const older = await anAttempt(organization, { createdAt: at })
    const entry = await anAttempt(organization, { createdAt: at.plus({ minutes: 1 }), ...fp }, true)
    const between = await anAttempt(organization, { createdAt: at.plus({ minutes: 2 }), kind: 'manual' })
    const newer = await anAttempt(organization, { createdAt: at.plus({ minutes: 3 }) })
    const read = async (query = '', by = user) =>
      (await client.get(`/activity/${entry.id}${query}`).loginAs(by)).text()
    assert.include(await read(), `href="/activity/${between.id}"`)
    const filtered = await read('?kind=scheduled')
    assert.include(filtered, `href="/activity/${newer.id}?kind=scheduled"`)
    assert.include(filtered, `href="/activity/${older.id}?kind=scheduled"`)
    assert.include(filtered, 'invalid_grant')
    assert.include(filtered, 'a'.repeat(12))
    assert.notInclude(filtered, 'a'.repeat(13))
    assert.notInclude(await read('', viewer), 'invalid_grant')
    const { user: stranger } = await aPerson()
    for (const path of [`/activity/${entry.id}`, '/activity/1']) {
      const page = await client.get(path).loginAs(stranger).header('Accept', 'text/html')
      page.assertStatus(404)
    }
  })

  test('an error is what only a person can mend, a warning what heals by itself', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const given = await anAttempt(organization, { transition: 'deactivated' }, true)
    const again = await anAttempt(organization, {}, true)
    const good = await anAttempt(organization)
    const page = (await client.get('/activity').loginAs(user)).text()
    const levelOf = ({ id }: { id: string }) =>
      new RegExp(`id="attempt-${id}"[^>]*data-level="(\\w+)"`).exec(page)?.[1]
    assert.deepEqual([given, again, good].map(levelOf), ['error', 'warning', 'info'])
  })

  test('an error code is for people who may act; an empty log says what will be there', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    ;(await client.get('/activity').loginAs(user)).assertTextIncludes('No refreshes yet')
    await anAttempt(organization, {}, true)
    ;(await client.get('/activity').loginAs(user)).assertTextIncludes('invalid_grant')
    assert.notInclude((await client.get('/activity').loginAs(viewer)).text(), 'invalid_grant')
  })
})
