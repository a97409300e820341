/** Traces arrive at a collector that speaks OTLP over HTTP, and nothing secret travels with them. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import emitter from '@adonisjs/core/services/emitter'
import { test } from '@japa/runner'
import observability from '#config/observability'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { refreshChannel } from '#services/observability/refresh_channel'
import { startTracing } from '#services/observability/start_tracing'
import { readDetails } from '#token_refresh/attempt_details'
import { aConnection, aPerson } from '#tests/helpers/people'
import { engineFixture } from '#tests/helpers/engine_fixture'

interface SentSpan {
  name: string
  kind: number
  traceId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code?: number }
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
}

/** A collector on loopback that keeps what it is sent. */
async function startCollector(status = 200) {
  const bodies: string[] = []
  const paths: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    bodies.push(body)
    paths.push(request.url ?? '')
    response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const spans = () =>
    bodies
      .map((body) => JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] })
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans)
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    paths,
    spans,
    close,
  }
}

const told = ({ attributes }: SentSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))

const traceIn = (attempt: Record<string, unknown> | undefined) => readDetails(attempt?.details)?.trace_id

test.group('Tracing', () => {
  test('a request is a span under the trace that it came with, without what the visitor wrote', async ({
    assert,
    client,
  }) => {
    const collector = await startCollector()
    const tracing = startTracing({ endpoint: collector.endpoint, emitter, onTrouble: assert.fail })
    const trace = '0af7651916cd43dd8448eb211c80319c'
    await client
      .get('/api/v1/token?owner=canary-of-a-query&provider=acme')
      .header('Authorization', 'Bearer evg_canary')
      .header('X-Request-Id', 'request-1')
      .header('traceparent', `00-${trace}-b7ad6b7169203331-01`)
    await client.get('/no/canary-of-a-path').header('Cookie', 'canary=of-a-cookie')
    await tracing.close()
    await collector.close()
    const [call, page] = collector.spans()
    assert.deepEqual(collector.paths, ['/v1/traces'])
    assert.equal(call.name, 'GET /api/v1/token')
    assert.equal(call.traceId, trace)
    assert.equal(call.parentSpanId, 'b7ad6b7169203331')
    assert.isAbove(Number(call.endTimeUnixNano), Number(call.startTimeUnixNano))
    assert.deepEqual(told(call), {
      'http.request.method': 'GET',
      'http.route': '/api/v1/token',
      'http.response.status_code': 401,
      'evergrant.request_id': 'request-1',
    })
    assert.equal(told(page)['http.response.status_code'], 404)
    assert.notEqual(page.traceId, trace)
    assert.notMatch(collector.bodies.join(), /canary/)
  })

  test('each refresh is a span with its provider and what it came to, without tokens and owners', async ({
    assert,
    cleanup,
  }) => {
    const collector = await startCollector()
    const tracing = startTracing({ endpoint: collector.endpoint, emitter, onTrouble: assert.fail })
    const { engine, connect, refreshTokenOf, row } = await engineFixture('sqlite', (work) => cleanup(work))
    const id = await connect('canary-owner')
    const before = await refreshTokenOf(id)
    const outcome = await engine.refresh.refreshOne(id, { kind: 'manual' })
    const after = await refreshTokenOf(id)
    await tracing.close()
    await collector.close()
    const spans = collector.spans()
    assert.lengthOf(spans, 1)
    assert.equal(spans[0].name, 'refresh acme')
    assert.deepEqual(told(spans[0]), {
      'evergrant.provider': 'acme',
      'evergrant.refresh.kind': 'manual',
      'evergrant.refresh.status': outcome.status,
      'evergrant.refresh.reason': outcome.reason,
    })
    const sent = collector.bodies.join()
    for (const secret of [before, after, String((await row(id)).owner), id, 'canary-owner'])
      assert.notInclude(sent, String(secret))
  })

  for (const [kind, refresh] of [
    ['in earnest', 'refresh'],
    ['rehearsed', 'rehearsal'],
  ] as const) {
    test(`the log names the trace of a refresh that is ${kind}`, async ({ assert, cleanup }) => {
      const collector = await startCollector()
      const tracing = startTracing({ endpoint: collector.endpoint, emitter, onTrouble: assert.fail })
      const { engine, connect, attempts } = await engineFixture('sqlite', (work) => cleanup(work))
      const ids = [await connect('ana'), await connect('ben')]
      for (const id of ids) await engine[refresh].refreshOne(id, { kind: 'manual' })
      await tracing.close()
      await collector.close()
      const kept = await Promise.all(ids.map(async (id) => traceIn((await attempts(id)).at(-1))))
      assert.sameMembers(
        kept,
        collector.spans().map(({ traceId }) => traceId)
      )
      assert.lengthOf(new Set(kept), 2)
      for (const id of kept) assert.match(id ?? '', /^[0-9a-f]{32}$/)
    })
  }

  test('where nobody traces the log names none', async ({ assert, cleanup }) => {
    const { engine, connect, attempts } = await engineFixture('sqlite', (work) => cleanup(work))
    const id = await connect('ana')
    await engine.refresh.refreshOne(id, { kind: 'manual' })
    assert.isUndefined(traceIn((await attempts(id)).at(-1)))
  })

  test('an entry of the log shows its trace, as a link where the operator said where to look', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { user, organization } = await aPerson('viewer')
    const { id: connectionId } = await aConnection(organization)
    const trace = '0af7651916cd43dd8448eb211c80319c'
    const owned = { organizationId: organization.id, connectionId }
    const traced = await RefreshAttemptFactory.merge({
      ...owned,
      details: { calls: [], trace_id: trace },
    }).create()
    const untraced = await RefreshAttemptFactory.merge(owned).create()
    const read = async (id: string) => (await client.get(`/activity/${id}`).loginAs(user)).text()
    assert.include(await read(traced.id), `data-copy="${trace}"`)
    assert.notInclude(await read(traced.id), 'Open the trace')
    cleanup(() => void (observability.traceUrl = null))
    observability.traceUrl = 'https://traces.example/search?q={trace_id}&org=1'
    assert.include(await read(traced.id), `href="https://traces.example/search?q=${trace}&amp;org=1"`)
    assert.notInclude(await read(untraced.id), 'traces.example')
  })

  test('a collector that refuses is trouble that is told, and no request fails for it', async ({
    assert,
    client,
  }) => {
    const collector = await startCollector(400)
    const troubles: string[] = []
    const onTrouble = (reason: string) => void troubles.push(reason)
    const tracing = startTracing({ endpoint: collector.endpoint, emitter, onTrouble })
    const response = await client.get('/health/live')
    response.assertStatus(200)
    await tracing.close()
    await collector.close()
    assert.isNotEmpty(troubles)
  })

  test('without an address nobody traces', ({ assert }) => {
    assert.isNull(observability.collector)
    assert.isFalse(refreshChannel.hasSubscribers)
  })
})
