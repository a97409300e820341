import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { RunFactory } from '#database/factories/run_factory'
import type Organization from '#models/organization'
import type Run from '#models/run'
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

test.group('Runs and activity: who may see them', (group) => {
  group.each.setup(() => emptyTables())

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

  test('the report lists the run’s refreshes with reasons and links, by outcome', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const run = await aRun(organization, { total: 3, refreshed: 1, failed: 1, skipped: 1 })
    const { id } = await aConnection(organization, { displayName: 'Ana' })
    const good = await anAttempt(organization, { runId: run.id, createdAt: START })
    const values = { runId: run.id, connectionId: id, createdAt: START.plus({ seconds: 1 }) }
    const bad = await anAttempt(organization, values, true)
    await anAttempt(organization)
    const all = (await client.get(`/runs/${run.id}`).loginAs(user)).text()
    assert.deepEqual(idsIn(all, 'attempt'), [bad.id, good.id])
    const failed = (await client.get(`/runs/${run.id}?outcome=failed`).loginAs(user)).text()
    assert.deepEqual(idsIn(failed, 'attempt'), [bad.id])
    assert.include(failed, `href="/accounts/${id}"`)
    assert.include(failed, 'invalid_grant')
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
