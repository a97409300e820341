import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import Run from '#models/run'
import { BackgroundRuns } from '#services/background_runs'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const runIdIn = (location: string) => /^\/runs\/([0-9a-f-]{36})$/.exec(location)?.[1]

/** Waits, without watching the clock, until the background has ended a run. */
async function ended(id: string): Promise<Run> {
  for (;;) {
    const run = await Run.findOrFail(id)
    if (run.finishedAt) return run
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test.group('Refresh all matching', (group) => {
  group.each.setup(() => emptyTables())

  test('makes a run of the accounts that the list shows, and goes to its page at once', async ({
    client,
    assert,
  }) => {
    const { user, organization, email } = await aPerson('operator')
    // Without a refresh token nothing is sent; the run counts it as skipped.
    const listed = { refreshToken: null, keepAliveUntil: DateTime.utc().plus({ hours: 1 }) }
    for (const displayName of ['Ana', 'Ana Maria', 'Bea'])
      await aConnection(organization, { ...listed, displayName })
    await aConnection(organization, { ...listed, displayName: 'Ana, paused', pausedAt: DateTime.utc() })
    await aConnection(organization, { ...listed, displayName: 'Ana, window over', keepAliveUntil: null })
    const { organization: other } = await aPerson()
    await aConnection(other, { ...listed, displayName: 'Ana elsewhere' })
    const answer = await client
      .post('/accounts/refresh')
      .form({ q: 'ana', status: 'static' })
      .loginAs(user)
      .withCsrfToken()
      .redirects(0)
    answer.assertStatus(303)
    const run = await ended(runIdIn(answer.header('location')!)!)
    assert.deepInclude(run.$attributes, {
      organizationId: organization.id,
      job: 'token:refresh',
      trigger: 'ui',
      actor: email,
      state: 'finished',
      total: 2,
      skipped: 2,
    })
    const page = await client.get(`/runs/${run.id}`).loginAs(user)
    page.assertTextIncludes('search “status:static ana”')
  })

  test('a filter that nothing matches makes a run that had nothing to do', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const answer = await client
      .post('/accounts/refresh')
      .form({ q: 'nobody' })
      .loginAs(user)
      .withCsrfToken()
      .redirects(0)
    const run = await ended(runIdIn(answer.header('location')!)!)
    assert.equal(run.total, 0)
    ;(await client.get(`/runs/${run.id}`).loginAs(user)).assertTextIncludes('Nothing to do')
  })

  test('a viewer is refused and sees no button', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    await aConnection(organization)
    const answer = await client.post('/accounts/refresh').loginAs(user).withCsrfToken()
    answer.assertStatus(403)
    assert.lengthOf(await Run.all(), 0)
    assert.notInclude((await client.get('/accounts').loginAs(user)).text(), '/accounts/refresh')
  })
})

test.group('Runs in the background', () => {
  const trouble = () => {
    throw new Error('nothing should break off')
  }

  test('the id is answered while the run goes on; the same again joins it', async ({ assert }) => {
    const background = new BackgroundRuns(trouble)
    const end = Promise.withResolvers<void>()
    const run = async ({ onBegin }: { onBegin: (id: string) => void }) => {
      onBegin('first')
      await end.promise
    }
    const [one, two] = await Promise.all([background.begin('key', run), background.begin('key', run)])
    assert.deepEqual([one, two].map((begun) => begun?.joined).sort(), [false, true])
    assert.deepEqual(await background.begin('key', run), { runId: 'first', joined: true })
    end.resolve()
    await background.stop()
  })

  test('when the process stops, runs are told and awaited, and none begins', async ({ assert }) => {
    const background = new BackgroundRuns(trouble)
    const steps: string[] = []
    await background.begin('key', async ({ signal, onBegin }) => {
      onBegin('first')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      steps.push('saved')
    })
    await background.stop()
    assert.deepEqual(steps, ['saved'])
    assert.isNull(await background.begin('other', async () => void steps.push('begun')))
    assert.deepEqual(steps, ['saved'])
  })

  test('what breaks off later is told once, and may begin again', async ({ assert }) => {
    const told: unknown[] = []
    const background = new BackgroundRuns((error) => void told.push(error))
    const broken = new Error('broken')
    await background.begin('key', async ({ onBegin }) => {
      onBegin('first')
      await null
      throw broken
    })
    await background.stop()
    assert.deepEqual(told, [broken])
    const early = new BackgroundRuns(trouble).begin('key', () => Promise.reject(broken))
    await assert.rejects(() => early, 'broken')
  })
})
