/** Who may call the API: keys, their abilities and their limits. */
import { readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { apiLimit } from '#config/limiter'
import { ABILITIES, allows, readAbilities } from '#services/api_keys/abilities'
import { anApiCaller, callApi, type ApiAnswer } from '#tests/helpers/api_caller'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'

const RUNS = '/runs'

const bearer = (key: string) => callApi(RUNS, { headers: { authorization: `Bearer ${key}` } })
const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]

test.group('API keys', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear(['memory'])
  })

  test('a key opens the API, without session or cookie, and no cache keeps the answer', async ({
    assert,
  }) => {
    const { get, key } = await anApiCaller()
    const { status, headers } = await get(RUNS)
    assert.equal(status, 200)
    assert.match(key, /^evg_[\w-]+\.[\w-]+$/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.isNull(headers.get('set-cookie'))
    assert.isNotEmpty(headers.get('x-request-id'))
  })

  test('without a key the answer tells how to bring one, as a problem', async ({ assert }) => {
    const { status, headers, body } = await callApi(RUNS)
    assert.equal(status, 401)
    assert.equal(headers.get('www-authenticate'), 'Bearer realm="Evergrant"')
    assert.include(headers.get('content-type'), 'application/problem+json')
    const { detail, request_id: requestId, ...rest } = body
    const named = { type: 'about:blank', title: 'Unauthorized', status: 401 }
    assert.deepEqual(rest, { ...named, instance: '/api/v1/runs', code: 'api_key_missing' })
    assert.isString(detail)
    assert.equal(requestId, headers.get('x-request-id'))
  })

  test('what is no key is refused, whatever it looks like', async ({ assert }) => {
    const { key } = await anApiCaller()
    const [id, secret] = key.slice('evg_'.length).split('.')
    const encoded = (text: string) => Buffer.from(text).toString('base64url')
    const unfit = [
      'nonsense',
      'evg_',
      `evg_${id}`,
      `evg_${id}.`,
      `evg_.${secret}`,
      `evg_${id}.${encoded('wrong')}`,
      `evg_${id}.${secret}x${'y'.repeat(400)}`,
      `evg_${encoded('00000000-0000-7000-8000-000000000000')}.${secret}`,
      `evg_${encoded("' OR 1=1 --")}.${secret}`,
      `evg_${encoded('\0')}.${secret}`,
      `oat_${id}.${secret}`,
      key.slice(0, -1),
      key.toUpperCase(),
    ]
    for (const text of unfit) {
      const answer = await bearer(text)
      assert.deepEqual(codeOf(answer), [401, 'api_key_invalid'], text)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="Evergrant", error="invalid_token"')
      if (text.length > 10) assert.notInclude(answer.text, text.slice(4))
    }
    assert.equal((await callApi(RUNS, { headers: { authorization: `Basic ${key}` } })).status, 401)
    assert.equal((await callApi(`${RUNS}?access_token=${key}`)).status, 401)
    assert.equal((await bearer(key)).status, 200)
  })

  test('after sixty refused keys in a minute their address waits, and keys that were valid go on', async ({
    assert,
    cleanup,
  }) => {
    const { key, get } = await anApiCaller()
    cleanup(() => limiter.clear())
    assert.equal((await get(RUNS)).status, 200)
    const { key: stranger } = await anApiCaller()
    const unfit = (index: number) => {
      const id = `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`
      return `evg_${Buffer.from(id).toString('base64url')}.${key.split('.')[1]}`
    }
    for (let index = 0; index < 60; index++) assert.equal((await bearer(unfit(index))).status, 401)
    const refused = await bearer(unfit(60))
    assert.deepEqual(codeOf(refused), [429, 'too_many_requests'])
    assert.isAbove(Number(refused.headers.get('retry-after')), 0)
    assert.equal((await bearer(stranger)).status, 429, 'a key that was never seen is not looked up')
    const keys = await app.container.make('apiKeys')
    await keys.revoke('00000000-0000-7000-8000-000000000000', '00000000-0000-7000-8000-000000000000')
    assert.equal((await get(RUNS)).status, 200, 'also when it is no longer remembered')
    assert.equal((await callApi(RUNS)).status, 401, 'who brings no key is told how to')
  })

  test('a wrong secret leaves no trace of use; a right one does, at most once a minute', async ({
    assert,
  }) => {
    const { key, apiKey } = await anApiCaller()
    const keys = await app.container.make('apiKeys')
    const lastUse = async () => {
      await keys.settled()
      return (await db.from('api_keys').where('id', apiKey.id).firstOrFail()).last_used_at as number | null
    }
    await bearer(`${key.split('.')[0]}.${Buffer.from('wrong').toString('base64url')}`)
    assert.isNull(await lastUse())
    await Promise.all([bearer(key), bearer(key), bearer(key)])
    const first = await lastUse()
    assert.isNotNull(first)
    await bearer(key)
    assert.equal(await lastUse(), first)
  })

  test('a key that is revoked while it is in use is refused at its next call', async ({ assert }) => {
    const { get, apiKey, organizationId } = await anApiCaller()
    const { organizationId: elsewhere } = await anApiCaller()
    const keys = await app.container.make('apiKeys')
    assert.equal((await get(RUNS)).status, 200)
    assert.isFalse(await keys.revoke(elsewhere, apiKey.id))
    assert.isFalse(await keys.revoke(organizationId, 'nonsense'))
    assert.equal((await get(RUNS)).status, 200)
    assert.isTrue(await keys.revoke(organizationId, apiKey.id))
    assert.deepEqual(codeOf(await get(RUNS)), [401, 'api_key_invalid'])
    const [{ revokedAt }] = await keys.list(organizationId)
    assert.isTrue(await keys.revoke(organizationId, apiKey.id))
    assert.equal((await keys.list(organizationId))[0].revokedAt, revokedAt)
  })

  test('a key that another node revoked is refused at once', async ({ assert }) => {
    const { get, apiKey } = await anApiCaller()
    assert.equal((await get(RUNS)).status, 200)
    await db.from('api_keys').where('id', apiKey.id).update({ revoked_at: 1 })
    assert.equal((await get(RUNS)).status, 401)
  })

  test('a key ends with its expiry', async ({ assert }) => {
    const { get, apiKey } = await anApiCaller({ lifetime: 60_000 })
    assert.equal((await get(RUNS)).status, 200)
    await db.from('api_keys').where('id', apiKey.id).update({ expires_at: Date.now() })
    assert.deepEqual(codeOf(await get(RUNS)), [401, 'api_key_invalid'])
  })

  test('nothing of the key is stored but its hash', async ({ assert }) => {
    const { key, apiKey } = await anApiCaller()
    const row = JSON.stringify(await db.from('api_keys').where('id', apiKey.id).firstOrFail())
    const secret = Buffer.from(key.split('.')[1], 'base64url').toString()
    assert.isAbove(secret.length, 40)
    assert.notInclude(row, secret)
    assert.notInclude(row, key.split('.')[1])
    assert.match(row, /"hash":"[0-9a-f]{64}"/)
  })

  test('a key does what its abilities say, and names the one that it lacks', async ({ assert }) => {
    const reader = await anApiCaller({ abilities: ['runs:read'] })
    assert.equal((await reader.get(RUNS)).status, 200)
    const refused: [string, string][] = [
      ['/connections', 'connections:read'],
      ['/token?provider=a&owner=b', 'tokens:read'],
      ['/stats', 'stats:read'],
      ['/refresh-attempts', 'stats:read'],
      ['/platforms/health?owner=a', 'connections:read'],
    ]
    for (const [path, ability] of refused) {
      const answer = await reader.get(path)
      assert.deepEqual(codeOf(answer), [403, 'insufficient_ability'], path)
      assert.include(answer.headers.get('www-authenticate'), `error="insufficient_scope", scope="${ability}"`)
    }
    for (const path of ['/jobs/auto-token-refresh/runs', '/connections/x/pause', '/tokens/validate'])
      assert.deepEqual(codeOf(await reader.post(path, {})), [403, 'insufficient_ability'], path)
    assert.lengthOf(await db.from('runs'), 0)
  })

  test('every call asks for a key and for an ability of the table', async ({ assert }) => {
    const router = await app.container.make('router')
    const routes = Object.values(router.toJSON())
      .flat()
      .filter(({ pattern }) => pattern.startsWith('/api/v1/'))
    assert.isAbove(routes.length, 15)
    const nobody = await anApiCaller({ abilities: [] })
    for (const { pattern, methods } of routes) {
      const path = pattern.replace('/api/v1', '').replaceAll(/:\w+/g, 'x')
      const method = methods[0]
      assert.equal((await callApi(path, { method })).status, 401, pattern)
      const headers = { authorization: `Bearer ${nobody.key}` }
      assert.deepEqual(
        codeOf(await callApi(path, { method, headers })),
        [403, 'insufficient_ability'],
        pattern
      )
    }
  })

  test('a key may ask so many times a minute; each answer tells how many are left', async ({
    assert,
    cleanup,
  }) => {
    const { requests } = apiLimit
    cleanup(() => void (apiLimit.requests = requests))
    apiLimit.requests = 3
    const [one, other] = [await anApiCaller(), await anApiCaller()]
    for (const left of ['2', '1', '0']) {
      const { status, headers } = await one.get(RUNS)
      assert.equal(status, 200)
      assert.equal(headers.get('x-ratelimit-limit'), '3')
      assert.equal(headers.get('x-ratelimit-remaining'), left)
      assert.match(headers.get('x-ratelimit-reset') ?? '', /^([1-9]|[1-5]\d|60)$/)
    }
    const refused = await one.get(RUNS)
    assert.deepEqual(codeOf(refused), [429, 'too_many_requests'])
    assert.equal(refused.headers.get('retry-after'), refused.headers.get('x-ratelimit-reset'))
    assert.equal((await other.get(RUNS)).status, 200)
  })

  test('a cookie of a signed-in person opens nothing here', async ({ client, assert }) => {
    const { user } = await aPerson()
    const answer = await client.get('/api/v1/runs').loginAs(user)
    answer.assertStatus(401)
    assert.isUndefined(answer.header('set-cookie'))
  })
})

test.group('API: input', (group) => {
  group.each.setup(() => emptyTables())

  test('a body that is not JSON is refused, by its kind or by what is in it', async ({ assert }) => {
    const { key } = await anApiCaller()
    const send = (type: string, body: string) =>
      callApi('/tokens/validate', {
        method: 'POST',
        headers: { 'authorization': `Bearer ${key}`, 'content-type': type },
        body,
      })
    const form = await send('application/x-www-form-urlencoded', 'connection_ids[]=a')
    assert.deepEqual(codeOf(form), [415, 'unsupported_media_type'])
    assert.deepEqual(codeOf(await send('text/plain', '{}')), [415, 'unsupported_media_type'])
    const broken = await send('application/json', '{"connection_ids": ')
    assert.equal(broken.status, 400)
    assert.include(broken.headers.get('content-type'), 'application/problem+json')
    for (const body of ['[]', 'true', '"x"'])
      assert.equal((await send('application/json', body)).status, 422, body)
    const polluted = '{"connection_ids":["a"],"__proto__":{"admin":true}}'
    assert.notEqual((await send('application/json', polluted)).status, 500)
    assert.notProperty({}, 'admin')
  })

  test('a field that the call does not know is named, and nothing is done', async ({ assert }) => {
    const { get, post } = await anApiCaller()
    const wrong: [ApiAnswer, string][] = [
      [await get('/runs?stat=failed'), 'stat'],
      [await get('/connections?size=5'), 'size'],
      [await get('/stats?since=1'), 'since'],
      [await post('/jobs/auto-token-refresh/runs', { force: true }), 'force'],
      [await post('/jobs/auto-token-refresh/runs?dry_run=1', {}), 'dry_run'],
      [await post('/tokens/validate', { connection_ids: ['a'], autoRefresh: true }), 'autoRefresh'],
    ]
    for (const [{ status, body }, field] of wrong) {
      assert.deepEqual([status, body.code], [422, 'validation_failed'], field)
      assert.containSubset(body.errors, [{ field, code: 'unknown' }])
    }
    assert.lengthOf(await db.from('runs'), 0)
  })

  test('a value that makes no sense is refused under the name of its field', async ({ assert }) => {
    const { get, post } = await anApiCaller()
    const wrong: [ApiAnswer, string][] = [
      [await get('/runs?state=done'), 'state'],
      [await get('/runs?cursor=nonsense'), 'cursor'],
      [await get('/runs?job=a%00b'), 'job'],
      [await get('/runs?limit=0'), 'limit'],
      [await get('/refresh-attempts?limit=201'), 'limit'],
      [await get('/campaigns?limit=1.5'), 'limit'],
      [await get('/connections?limit=all'), 'limit'],
      [await get('/refresh-attempts?connection_id=1'), 'connection_id'],
      [await get('/refresh-attempts?kind=any'), 'kind'],
      [await get('/refresh-attempts?from=yesterday'), 'from'],
      [await get('/stats?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'), 'from'],
      [await get('/connections?status=fine'), 'status'],
      [await get('/connections?provider=nobody'), 'provider'],
      [await get('/connections?q=stauts:paused'), 'q'],
      [await get('/connections?expires_before=soon'), 'expires_before'],
      [await get('/token?provider=acme'), 'owner'],
      [await get('/platforms/health'), 'owner'],
      [await post('/tokens/validate', { connection_ids: [] }), 'connection_ids'],
      [await post('/tokens/validate', { connection_ids: ['a'], auto_refresh: 'yes' }), 'auto_refresh'],
      [await post('/tokens/validate', {}), 'connection_ids'],
    ]
    for (const [{ status, body }, field] of wrong) {
      assert.deepEqual([status, body.code], [422, 'validation_failed'], field)
      const [error] = body.errors as { field: string; code: string; message: string }[]
      assert.equal(error.field, field)
      assert.isNotEmpty(error.message)
    }
  })

  test('an address that does not exist is a problem, without telling who asks', async ({ assert }) => {
    assert.deepEqual(codeOf(await callApi('/nothing')), [404, 'route_not_found'])
    const answer = await fetch(`${appUrl}/api/v2/runs`)
    assert.equal(answer.status, 404)
    assert.isNull(answer.headers.get('set-cookie'))
  })
})

test.group('docs/api.md', () => {
  test('names every call with its ability', async ({ assert }) => {
    const docs = readFileSync(app.makePath('docs/api.md'), 'utf8')
    const router = await app.container.make('router')
    const patterns = Object.values(router.toJSON())
      .flat()
      .map(({ pattern }) => pattern)
    for (const pattern of patterns.filter((one) => one.startsWith('/api/v1/'))) {
      const path = pattern.replace('/api/v1', '')
      const ending = path.slice(path.lastIndexOf('/'))
      assert.isTrue(
        [`${path}`, `\`${ending}\``].some((text) => docs.includes(text)),
        path
      )
    }
    for (const ability of Object.keys(ABILITIES)) assert.include(docs, `\`${ability}\``)
  })
})

test.group('Abilities', () => {
  test('are read from words and lists with commas; what is none is named', ({ assert }) => {
    assert.deepEqual(readAbilities(['runs:read, tokens:read', 'runs:read']), {
      ok: true,
      abilities: ['runs:read', 'tokens:read'],
    })
    assert.deepEqual(readAbilities(['*']), { ok: true, abilities: ['*'] })
    assert.containSubset(readAbilities(['runs:raed']), { ok: false })
    assert.include(JSON.stringify(readAbilities(['runs:raed'])), 'runs:raed')
    assert.containSubset(readAbilities([]), { ok: false })
  })

  test('"*" allows all of them, a single one only itself', ({ assert }) => {
    for (const ability of Object.keys(ABILITIES) as (keyof typeof ABILITIES)[]) {
      assert.isTrue(allows(['*'], ability))
      assert.isTrue(allows([ability], ability))
      assert.equal(allows(['runs:read'], ability), ability === 'runs:read')
    }
  })
})
