import { test } from '@japa/runner'
import { accessLine } from '#services/observability/access_line'

const asked = {
  ...{ method: 'GET', route: '/api/v1/token', status: 200, took: 1.2345 },
  ...{ apiKey: 'key-1', user: null, organization: 'org-1' },
}

test.group('Log lines of requests', () => {
  test('name the route, the status, the time and who asked, and nothing that is not known', ({ assert }) => {
    const { level, message, fields } = accessLine(asked)
    assert.equal(level, 'info')
    assert.equal(message, 'GET /api/v1/token 200')
    assert.deepEqual(fields, {
      ...{ method: 'GET', route: '/api/v1/token', status: 200, ms: 1.2 },
      ...{ api_key: 'key-1', organization: 'org-1' },
    })
  })

  for (const [route, status, level] of [
    ['/accounts', 200, 'info'],
    ['/accounts', 302, 'info'],
    ['/accounts', 304, 'debug'],
    ['/accounts', 404, 'warn'],
    ['/accounts', 500, 'error'],
    ['/health/live', 200, 'debug'],
    ['/health/ready', 503, 'error'],
    ['/*', 200, 'debug'],
    ['/*', 404, 'warn'],
  ] as const) {
    test(`${route} with ${status} is told at ${level}`, ({ assert }) => {
      assert.equal(accessLine({ ...asked, route, status }).level, level)
    })
  }
})
