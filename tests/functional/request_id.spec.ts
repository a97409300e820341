import { test } from '@japa/runner'

const OWN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test.group('The id of a request', () => {
  test('a plain word that a proxy brings is taken over', async ({ assert, client }) => {
    for (const brought of ['r-1', 'Root.1_a-B', 'x'.repeat(128)]) {
      const response = await client.get('/api/v1/runs').header('X-Request-Id', brought)
      response.assertHeader('x-request-id', brought)
      assert.equal(response.body().request_id, brought)
    }
  })

  test('anything else is replaced, in the header as in the answer', async ({ assert, client }) => {
    for (const brought of [
      'x'.repeat(129),
      'two words',
      'a, b',
      '"quoted"',
      '<b>',
      'a/b',
      '{"level":60}',
      'é',
    ]) {
      const response = await client.get('/api/v1/runs').header('X-Request-Id', brought)
      assert.match(response.header('x-request-id') ?? '', OWN)
      assert.equal(response.body().request_id, response.header('x-request-id'))
    }
  })

  test('without one, each request has its own', async ({ assert, client }) => {
    const [one, two] = await Promise.all([client.get('/login'), client.get('/login')])
    assert.match(one.header('x-request-id') ?? '', OWN)
    assert.notEqual(one.header('x-request-id'), two.header('x-request-id'))
  })
})
