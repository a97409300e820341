/** What went in as a secret comes out of no page, no file and no answer. What processes log is watched by `canary.spec.ts`. */
import { test } from '@japa/runner'
import { ALL } from '#services/api_keys/abilities'
import { anApiCaller, callApi } from '#tests/helpers/api_caller'
import { addressIn } from '#tests/helpers/crawl/addresses'
import { CALLS } from '#tests/helpers/crawl/api_table'
import { PAGES } from '#tests/helpers/crawl/page_table'
import { NO_PAGES, openInProcess, pagesOf } from '#tests/helpers/page_list'
import { seededInstallation, type SeededInstallation } from '#tests/helpers/seeded_installation'

/** Calls that are there to hand tokens out. */
const HANDS_OUT = ['GET /api/v1/token', 'GET /api/v1/connections/:id/token']
/** No provider shows shorter parts, and no name is as long by chance. */
const PART = 12

/** Names of the secrets of which a text holds a part, as it is or encoded. */
function sightings(secrets: ReadonlyMap<string, string>, text: string): string[] {
  return [...secrets].flatMap(([what, secret]) => {
    const parts = Array.from({ length: secret.length - PART + 1 }, (_, at) => secret.slice(at, at + PART))
    const copies = [encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, 30)]
    return [...parts, ...copies].some((part) => text.includes(part)) ? [what] : []
  })
}

test.group('Secrets and what is shown', (group) => {
  let installation: SeededInstallation
  group.each.timeout(60_000)
  group.setup(async () => {
    installation = await seededInstallation()
  })

  test('no page holds a part of a secret, in its text or its headers', async ({ client, assert }) => {
    const found: string[] = []
    for (const page of await pagesOf(installation)) {
      const answer = await openInProcess(client, installation, page)
      const said =
        answer.text() + JSON.stringify([answer.headers(), answer.session(), answer.flashMessages()])
      found.push(...sightings(installation.secrets, said).map((what) => `${page.name}: ${what}`))
    }
    assert.deepEqual(found, [])
  })

  test('no export, report nor other answer to a browser does', async ({ client, assert }) => {
    const { tenant, runs, secrets } = installation
    const files = ['json', 'csv'].flatMap((format) => [
      `/accounts/export?format=${format}`,
      `/audit/export?format=${format}`,
      `/runs/${runs.links}/links?format=${format}`,
    ])
    for (const format of ['json', 'md', 'xml']) files.push(`/runs/${runs.failed}/report/${format}`)
    const wholes = files.length
    for (const pattern of Object.keys(NO_PAGES)) {
      const row = PAGES[`GET ${pattern}`]
      files.push(`${await addressIn(tenant, pattern, row, 'admin')}?q=tag:`)
    }
    const found: string[] = []
    for (const [place, path] of files.entries()) {
      const answer = await openInProcess(client, installation, { path, as: 'admin' })
      if (place < wholes) assert.equal(answer.status(), 200, path)
      assert.isBelow(answer.status(), 500, path)
      found.push(...sightings(secrets, answer.text()).map((what) => `${path}: ${what}`))
    }
    assert.deepEqual(found, [])
  })

  test('no call of the API does but those that hand tokens out', async ({ assert }) => {
    const { tenant, secrets } = installation
    const { key } = await anApiCaller({ organizationId: tenant.organization.id, abilities: [ALL] })
    const found: string[] = []
    for (const [route, row] of Object.entries(CALLS)) {
      const [method, pattern] = route.split(' ')
      if (method !== 'GET' || HANDS_OUT.includes(route)) continue
      const path = (await addressIn(tenant, pattern, row, 'admin')).replace('/api/v1', '')
      const headers = { authorization: `Bearer ${key}` }
      const answer = await callApi(row.query ? `${path}?${row.query}` : path, { method, headers })
      assert.isBelow(answer.status, 500, route)
      found.push(...sightings(secrets, answer.text).map((what) => `${route}: ${what}`))
    }
    assert.deepEqual(found, [])
  })

  test('a part of a secret would be found', ({ assert }) => {
    const secrets = new Map([['token', 'abcdefghijklmnopqrstuvwxyz']])
    assert.deepEqual(sightings(secrets, 'a page with …ghijklmnopqr… in it'), ['token'])
    assert.deepEqual(sightings(secrets, 'a page without'), [])
    assert.isAtLeast(installation.secrets.size, 15)
  })
})
