import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { RunFactory } from '#database/factories/run_factory'
import type Organization from '#models/organization'
import Run from '#models/run'
import Worker from '#models/worker'
import { uuid } from '#models/uuid'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const JOB = 'refresh-expired-tokens'

const words = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

/** What the schedule says of one job. */
const rowOf = (html: string, name: string) =>
  new RegExp(`id="job-${name}"[\\s\\S]*?</tr>`).exec(html)?.[0] ?? ''

function aRun(organization: Organization, values: Record<string, unknown> = {}) {
  return RunFactory.merge({ organizationId: organization.id, job: JOB, ...values } as Partial<Run>).create()
}

/** Waits, without watching the clock, until a run that was begun in the background has ended. */
async function ended(id: string): Promise<Run> {
  for (;;) {
    const run = await Run.findOrFail(id)
    if (run.finishedAt) return run
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test.group('Schedule: what it shows', (group) => {
  group.each.setup(() => emptyTables())

  test('each job in words, as written, with its zone and its next time', async ({ client, assert }) => {
    const { user } = await aPerson()
    const text = (await client.get('/schedule').loginAs(user)).text()
    const row = rowOf(text, 'auto-token-refresh')
    assert.include(words(row), 'Every hour')
    assert.include(row, '<code>0 * * * *</code>')
    assert.match(words(row), /\b(UTC|[A-Z][a-z]+\/[A-Z][a-z]+)\b/)
    assert.match(row, /datetime="[^"]+"\s+data-clock="until"/)
  })

  test('the last sixty runs as a strip with the same in words', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const at = DateTime.utc().minus({ days: 1 })
    for (let index = 0; index < 62; index++)
      await aRun(organization, { createdAt: at, state: index < 3 ? 'cancelled' : 'finished' })
    const last = await aRun(organization, { state: 'failed', createdAt: at.plus({ hours: 1 }) })
    const row = rowOf((await client.get('/schedule').loginAs(user)).text(), JOB)
    assert.lengthOf([...row.matchAll(/data-state="/g)], 60)
    assert.match(words(row), /Last 60 runs: \d+ finished, 1 failed/)
    assert.include(row, `href="/runs/${last.id}"`)
  })

  test('the plan of the next day, and of the next hour, with a table of the same', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { organization: other } = await aPerson()
    const soon = DateTime.utc().plus({ minutes: 20 })
    // Kept alive: Twitch accounts are so only while a window is open.
    const planned = { nextRefreshAt: soon, keepAliveUntil: soon.plus({ days: 1 }) }
    for (const owner of [organization, organization, other]) await aConnection(owner, planned)
    for (const view of ['day', 'hour']) {
      const text = words((await client.get(`/schedule?plan=${view}`).loginAs(user)).text())
      assert.include(text, '2 refreshes')
      assert.match(text, /Busiest 2 at \d\d:\d\d UTC/)
    }
    const poll = await client.get('/schedule').loginAs(user).header('X-Up-Target', '#schedule')
    assert.notInclude(poll.text(), 'id="plan"')
  })

  test('a schedule is said in the reader’s language', async ({ client, assert }) => {
    const { user } = await aPerson()
    const rowIn = async (language: string) =>
      words(
        rowOf(
          (await client.get('/schedule').loginAs(user).header('Accept-Language', language)).text(),
          'auto-token-refresh'
        )
      )
    assert.include(await rowIn('fr'), 'Toutes les heures')
    assert.include(await rowIn('ja'), '毎時')
  })

  test('another organization’s runs are not counted', async ({ client, assert }) => {
    const { user } = await aPerson()
    const { organization } = await aPerson()
    await aRun(organization)
    assert.include(words(rowOf((await client.get('/schedule').loginAs(user)).text(), JOB)), 'No run yet')
  })

  test('the heartbeat of each process, also of one that fell silent', async ({ client, assert }) => {
    const { user } = await aPerson()
    const now = DateTime.utc()
    const worker = (role: string, seconds: number) => ({
      ...{ id: uuid(), host: 'here', bootId: 'boot', pid: seconds, role, startedAt: now, beatAt: now },
      ...{ schedulerTickedAt: now.minus({ seconds }), schedulerIntervalMs: 60_000 },
    })
    await Worker.createMany([worker('web', 1), worker('scheduler', 900)])
    const text = words((await client.get('/schedule').loginAs(user)).text())
    assert.match(text, /web here, pid 1 Ticking/)
    assert.match(text, /scheduler here, pid 900 Silent/)
  })
})

test.group('Schedule: what people do', (group) => {
  group.each.setup(() => emptyTables())

  test('run now begins the job and goes to its run', async ({ client, assert }) => {
    const { user, organization, email } = await aPerson('operator')
    const answer = await client.post(`/schedule/${JOB}/run`).loginAs(user).withCsrfToken().redirects(0)
    answer.assertStatus(303)
    const run = await ended(answer.header('location')!.replace('/runs/', ''))
    const asked = { organizationId: organization.id, job: JOB, trigger: 'ui', actor: email }
    assert.deepInclude(run.$attributes, { ...asked, state: 'finished' })
    const page = await client.get(`/runs/${run.id}`).loginAs(user)
    page.assertTextIncludes('No tokens require refreshing')
  })

  test('a pause names who paused; resuming brings the next time back', async ({ client, assert }) => {
    const { user, email } = await aPerson('operator')
    const paused = await client.post(`/schedule/${JOB}/pause`).loginAs(user).withCsrfToken()
    paused.assertTextIncludes('The schedule passes over this job')
    const row = rowOf(paused.text(), JOB)
    assert.include(words(row), 'Paused')
    assert.include(words(row), `by ${email}`)
    assert.notInclude(row, 'data-clock="until"')
    const resumed = await client.post(`/schedule/${JOB}/resume`).loginAs(user).withCsrfToken()
    assert.include(rowOf(resumed.text(), JOB), 'data-clock="until"')
  })

  test('a job that does not exist is refused with a sentence', async ({ client }) => {
    const { user } = await aPerson('operator')
    for (const action of ['run', 'pause', 'resume']) {
      const answer = await client.post(`/schedule/nonsense/${action}`).loginAs(user).withCsrfToken()
      answer.assertStatus(200)
      answer.assertTextIncludes('data-tone="bad"')
    }
  })

  test('a running run is asked to end, in whatever process it is', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const run = await aRun(organization, { state: 'running', finishedAt: null, total: 5 })
    const page = await client.post(`/runs/${run.id}/cancel`).loginAs(user).withCsrfToken()
    page.assertTextIncludes('Cancelling')
    assert.notInclude(page.text(), `action="/runs/${run.id}/cancel"`)
    await run.refresh()
    assert.isNotNull(run.cancelRequestedAt)
  })

  test('a run that is over is not cancelled, and the page says so', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const run = await aRun(organization)
    const page = await client.post(`/runs/${run.id}/cancel`).loginAs(user).withCsrfToken()
    page.assertTextIncludes('data-tone="bad"')
    await run.refresh()
    assert.equal(run.state, 'finished')
    assert.notInclude(page.text(), 'Cancel this run')
  })

  test('another organization’s run cannot be cancelled', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const { organization } = await aPerson()
    const run = await aRun(organization, { state: 'running', finishedAt: null })
    await client.post(`/runs/${run.id}/cancel`).loginAs(user).withCsrfToken()
    await run.refresh()
    assert.isNull(run.cancelRequestedAt)
  })

  test('a viewer sees the schedule without buttons, and every action is refused', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('viewer')
    const run = await aRun(organization, { state: 'running', finishedAt: null })
    const page = await client.get('/schedule').loginAs(user)
    page.assertTextIncludes('Your role may look, but not act')
    assert.notInclude(page.text(), 'Run now')
    assert.notInclude((await client.get(`/runs/${run.id}`).loginAs(user)).text(), 'Cancel this run')
    const actions = ['run', 'pause', 'resume'].map((action) => `/schedule/${JOB}/${action}`)
    for (const path of [...actions, `/runs/${run.id}/cancel`]) {
      const answer = await client.post(path).loginAs(user).withCsrfToken()
      answer.assertStatus(403)
    }
    assert.lengthOf(await Run.all(), 1)
  })
})
