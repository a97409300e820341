/** The description of the API: complete, valid, served to everybody, and the source of the client and of the reference. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { clientTypes } from '../../../clients/typescript/generate.js'
import { appUrl } from '#config/app'
import Connection from '#models/connection'
import { apiDocument } from '#openapi/document'
import { API_ERRORS } from '#openapi/errors'
import { apiRoutes } from '#openapi/routes'
import { anApiCaller, lendToApplication } from '#tests/helpers/api_caller'
import { servedDocument } from '#tests/helpers/api_contract'
import { featureFixture } from '#tests/helpers/feature_fixture'
import { aceHere } from '#tests/helpers/in_process_ace'
import { managerFixture } from '#tests/helpers/token_manager_fixture'

const run = promisify(execFile)
const readText = (path: string) => readFileSync(app.makePath(path), 'utf8')

test.group('OpenAPI: the document', () => {
  test('is served to everybody, and told to be the same as before', async ({ assert }) => {
    const answer = await fetch(`${appUrl}/api/openapi.json`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    assert.isNull(answer.headers.get('set-cookie'))
    assert.deepEqual(await answer.json(), JSON.parse(JSON.stringify(await servedDocument())))
    const etag = answer.headers.get('etag') ?? ''
    // Without a word about caches `fetch` would ask for a fresh answer.
    const headers = { 'if-none-match': etag, 'cache-control': 'max-age=0' }
    const again = await fetch(`${appUrl}/api/openapi.json`, { headers })
    assert.equal(again.status, 304)
  })

  test('is printed for tools that have no server to ask', async ({ assert }) => {
    const { code, stdout } = await aceHere('openapi:print')
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(await servedDocument())))
  })

  test('tells of every route, and of none that does not exist', async ({ assert }) => {
    const routes = apiRoutes(await app.container.make('router'))
    assert.isAbove(routes.length, 40)
    const known = Object.entries(apiDocument(routes).paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
    )
    assert.sameMembers(
      known,
      routes.map(({ name }) => name)
    )
    const unknown = { ...routes[0], name: 'GET /api/v1/secrets', path: '/api/v1/secrets' }
    assert.throws(() => apiDocument([...routes, unknown]), /lacks GET \/api\/v1\/secrets/)
    assert.throws(() => apiDocument(routes.slice(1)), /is no route/)
  })

  test('asks for the abilities of the routes, and for no key where none is needed', async ({ assert }) => {
    const { paths } = await servedDocument()
    assert.deepEqual(paths['/api/v1/token'].get.security, [{ apiKey: ['tokens:read'] }])
    assert.deepEqual(paths['/api/v1/runs/{id}/cancel'].post.security, [{ apiKey: ['runs:write'] }])
    assert.deepEqual(paths['/health/live'].get.security, [])
  })

  test('names its calls once each, and every problem is of some call', async ({ assert }) => {
    const { paths } = await servedDocument()
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId)
    )
    assert.lengthOf(new Set(ids), ids.length)
    const text = JSON.stringify(await servedDocument())
    for (const code of Object.keys(API_ERRORS)) assert.include(text, `"${code}"`)
  })

  test('is valid OpenAPI 3.1 to a linter', async ({ assert, cleanup }) => {
    const home = await mkdtemp(join(tmpdir(), 'evergrant-openapi-'))
    cleanup(() => rm(home, { recursive: true, force: true }))
    const file = join(home, 'openapi.json')
    const lint = async (document: object) => {
      await writeFile(file, JSON.stringify(document))
      const linter = app.makePath('node_modules/@redocly/cli/bin/cli.js')
      const args = [linter, 'lint', file, `--config=${app.makePath('redocly.yaml')}`, '--format=json']
      const env = { HOME: home, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
      return run(process.execPath, args, { env }).then(
        ({ stdout }) => stdout,
        ({ stdout }: { stdout: string }) => stdout
      )
    }
    const document = await servedDocument()
    assert.match(document.openapi, /^3\.1\./)
    const problemsOf = async (linted: object) => JSON.parse(await lint(linted)).problems as object[]
    assert.deepEqual(await problemsOf(document), [])
    const wrong = structuredClone(document)
    wrong.paths['/api/v1/token'].get.operationId = 'listRuns'
    assert.isNotEmpty(await problemsOf(wrong))
  }).timeout(30_000)

  test('docs/api.md names the same codes', async ({ assert }) => {
    const docs = readText('docs/api.md')
    for (const code of Object.keys(API_ERRORS)) assert.include(docs, `\`${code}\``)
  })
})

test.group('OpenAPI: the client', () => {
  test('is made from the document as it is now; mend it with "npm run client"', async ({ assert }) => {
    assert.equal(readText('clients/typescript/schema.d.ts'), await clientTypes(await servedDocument()))
  }).timeout(20_000)
})

test.group('OpenAPI: the client in docs/api.md', () => {
  test('is run: it gives a token, or says where the owner has to go', async (context) => {
    const { assert, cleanup } = context
    const fixture = await featureFixture(context)
    const { tokens } = await managerFixture('sqlite', fixture, (work) => cleanup(work))
    await lendToApplication((work) => cleanup(work), { engine: fixture.engine, tokens })
    const { id, access } = await fixture.join('twitch', 'ana')
    const { key } = await anApiCaller({ organizationId: fixture.organizationId, abilities: ['tokens:read'] })
    const [, example] = /```ts\n([\s\S]*?)```/.exec(readText('docs/api.md')) ?? []
    const file = app.makePath('tmp', `client_example_${process.pid}.ts`)
    cleanup(() => rm(file, { force: true }))
    await writeFile(
      file,
      example.replace("'./", "'../").replace('http://localhost:3333', appUrl).replace('evg_…', key)
    )
    const { tokenOf } = (await import(file)) as { tokenOf: (owner: string) => Promise<string | null> }
    assert.equal(await tokenOf('ana'), access.value)
    await Connection.query().where('id', id).update({ status: 'needs_reauth', is_active: false })
    const said: unknown[] = []
    const { log } = console
    cleanup(() => void (console.log = log))
    console.log = (line: unknown) => void said.push(line)
    assert.isNull(await tokenOf('ana'))
    assert.deepEqual(said, [`Ask ana to open ${appUrl}/accounts/${id}/reconnect`])
  }).timeout(20_000)
})

test.group('OpenAPI: the reference', () => {
  test('is a page for everybody, with every call and every object, under the policy of all pages', async ({
    assert,
  }) => {
    const answer = await fetch(`${appUrl}/api/docs`)
    assert.equal(answer.status, 200)
    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.include(policy, "style-src 'self'")
    assert.notInclude(policy, 'unsafe')
    const html = await answer.text()
    assert.notMatch(html, /<style|\sstyle="|\son\w+="/)
    const { paths, components } = await servedDocument()
    const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))
    for (const call of Object.values(paths).flatMap((methods) => Object.values(methods)))
      assert.isTrue(ids.has(call.operationId), call.operationId)
    for (const name of Object.keys(components.schemas)) assert.isTrue(ids.has(`object-${name}`), name)
    const targets = [...html.matchAll(/\shref="#([^"]+)"/g)].map(([, id]) => id)
    for (const target of targets) assert.isTrue(ids.has(target), `#${target} leads nowhere`)
  })
})
