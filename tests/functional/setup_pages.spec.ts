import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import Run from '#models/run'
import { ROTATION_JOB } from '#services/key_rotation_run'
import { RunRecord } from '#services/run_record'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'

const PAGES = ['/setup', '/settings/data', '/settings/about']

test.group('The pages about the installation', (group) => {
  group.each.teardown(() => emptyTables())

  test('staff read {$self}, in their own language')
    .with(PAGES)
    .run(async ({ client, assert }, path) => {
      const { user } = await aPerson('operator')
      const english = await client.get(path).loginAs(user)
      english.assertStatus(200)
      const french = await client.get(path).loginAs(user).header('accept-language', 'fr')
      assert.include(french.text(), 'lang="fr"')
      for (const page of [english, french]) assert.notMatch(page.text(), /setup\.\w+\./)
    })

  test('a viewer may not read {$self}')
    .with(PAGES)
    .run(async ({ client }, path) => {
      const { user } = await aPerson('viewer')
      ;(await client.get(path).loginAs(user)).assertStatus(403)
    })

  test('the set-up page says what the doctor says', async ({ client }) => {
    const { user } = await aPerson('admin')
    const page = await client.get('/setup').loginAs(user)
    page.assertTextIncludes('SQLite answers and its schema is up to date.')
    page.assertTextIncludes('Could be better')
  })

  test('an admin re-encrypts everything as a run', async ({ client, assert }) => {
    const { user } = await aPerson('admin')
    const answer = await client.post('/settings/data/rotate').loginAs(user).withCsrfToken().redirects(0)
    answer.assertStatus(303)
    const id = String(answer.header('location')).replace('/runs/', '')
    for (let run = await Run.findOrFail(id); run.state === 'running'; await run.refresh()) await sleep(20)
    const run = await Run.findOrFail(id)
    assert.deepInclude(run.serialize(), {
      job: ROTATION_JOB,
      state: 'finished',
      failed: 0,
      actor: user.email,
    })
    ;(await client.get(`/runs/${id}`).loginAs(user)).assertStatus(200)
  })

  test('while one organization re-encrypts, another is told to wait and learns nothing of its run', async ({
    client,
    assert,
  }) => {
    const theirs = await aPerson('admin')
    const held = await RunRecord.begin({
      ...{ organizationId: theirs.organization.id, job: ROTATION_JOB, kind: 'manual', trigger: 'ui' },
      selection: {},
      runningKey: ROTATION_JOB,
    })
    const { user } = await aPerson('admin')
    const answer = await client.post('/settings/data/rotate').loginAs(user).withCsrfToken()
    answer.assertTextIncludes('Keys are being re-encrypted already')
    assert.notInclude(answer.text(), held!.id)
    assert.lengthOf(await Run.query().where('job', ROTATION_JOB), 1)
  })

  test('an operator may not re-encrypt', async ({ client }) => {
    const { user } = await aPerson('operator')
    const answer = await client.post('/settings/data/rotate').loginAs(user).withCsrfToken().redirects(0)
    answer.assertStatus(403)
  })
})
