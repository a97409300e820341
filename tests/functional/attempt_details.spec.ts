/** What the refresh log keeps of the requests of a refresh, and of the scopes that it changed. */
import { test } from '@japa/runner'
import { readDetails } from '#token_refresh/attempt_details'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'

const manual = { kind: 'manual' } as const
const UUID = '0191c2a4-5b6c-7d8e-9f00-112233445566'

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Details of an attempt on ${dialect}`, (group) => {
    let fixture: EngineFixture
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
    })

    const detailsOf = async (id: string) => readDetails((await fixture.attempts(id)).at(-1)?.details)
    const answers = (status: number, headers: Record<string, string>, more: object = {}) => {
      fixture.server.next((response, grant) => {
        const body = status === 200 ? { ...grant(), ...more } : { error: 'invalid_grant', ...more }
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(body))
      })
    }

    test('a refresh keeps what was asked and what came back', async ({ assert }) => {
      const id = await fixture.connect('ana')
      answers(200, { 'x-request-id': UUID, 'set-cookie': 'a=b' })
      await fixture.engine.refresh.refreshOne(id, manual)
      const details = await detailsOf(id)
      assert.lengthOf(details?.calls ?? [], 1)
      const [call] = details!.calls
      assert.include(call, { method: 'POST', status: 200, sent: true, code: null, request_id: UUID })
      assert.equal(call.host, new URL(fixture.server.url).host)
      assert.equal(call.request.authorization, 'Basic …')
      assert.equal(call.response['content-type'], 'application/json')
      assert.notProperty(call.response, 'set-cookie')
      assert.isUndefined(details?.scopes)
    })

    test('a refusal keeps it too', async ({ assert }) => {
      const id = await fixture.connect('ana')
      answers(400, { 'www-authenticate': 'Basic realm="acme"' })
      await fixture.engine.refresh.refreshOne(id, manual)
      const [call] = (await detailsOf(id))!.calls
      assert.equal(call.status, 400)
      assert.equal(call.response['www-authenticate'], 'Basic realm="acme"')
    })

    test('a token that the answer echoes in its headers is not in the database', async ({ assert }) => {
      const id = await fixture.connect('ana')
      const presented = (await fixture.refreshTokenOf(id)) ?? ''
      fixture.server.next((response, grant) => {
        const tokens = grant() as Record<string, string>
        response.setHeader('content-type', 'application/json')
        response.setHeader('x-request-id', presented.slice(0, 16))
        response.setHeader('x-trace-id', tokens.access_token)
        response.setHeader('cf-ray', tokens.refresh_token.slice(-12))
        response.setHeader('www-authenticate', `Bearer realm="${tokens.refresh_token}"`)
        response.end(JSON.stringify(tokens))
      })
      await fixture.engine.refresh.refreshOne(id, manual)
      const [call] = (await detailsOf(id))!.calls
      for (const name of ['x-request-id', 'x-trace-id', 'cf-ray', 'www-authenticate']) {
        assert.isNull(call.response[name], name)
      }
      assert.isNull(call.request_id)
    })

    test('a header that cannot be read costs no token', async ({ assert }) => {
      const id = await fixture.connect('ana')
      fixture.server.next((response, grant) => {
        const body = JSON.stringify(grant())
        const lines = ['HTTP/1.1 200 OK', 'content-type: application/json', 'x-name: 日本', 'x-trace-id: 42']
        const length = `content-length: ${Buffer.byteLength(body)}`
        response.socket?.end([...lines, length, 'connection: close', '', body].join('\r\n'))
      })
      const outcome = await fixture.engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.status, 'refreshed')
      assert.equal((await detailsOf(id))?.calls[0].request_id, '42')
    })

    test('a refresh that is not sent keeps no request', async ({ assert }) => {
      const id = await fixture.connect('ana', { refresh_token: 'v1.unknown.broken' })
      await fixture.engine.refresh.refreshOne(id, manual)
      assert.isNull(await detailsOf(id))
    })

    test('scopes that a refresh brings and takes away are kept with it', async ({ assert }) => {
      const id = await fixture.connect('ana', { scopes: '["user:edit","chat:edit"]' })
      answers(200, {}, { scope: 'chat:read chat:edit' })
      await fixture.engine.refresh.refreshOne(id, manual)
      assert.deepEqual((await detailsOf(id))?.scopes, { added: ['chat:read'], removed: ['user:edit'] })
    })

    test('the same scopes in another order are no change, nor are the first that are known', async ({
      assert,
    }) => {
      for (const [name, before] of [
        ['ana', '["a","b"]'],
        ['bea', '[]'],
      ]) {
        const id = await fixture.connect(name, { scopes: before })
        answers(200, {}, { scope: 'b a' })
        await fixture.engine.refresh.refreshOne(id, manual)
        assert.isUndefined((await detailsOf(id))?.scopes)
      }
    })
  })
}
