import { HttpContextFactory, RequestFactory } from '@adonisjs/core/factories/http'
import { test } from '@japa/runner'
import HttpExceptionHandler from '#exceptions/handler'
import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { TokenRefreshError } from '#exceptions/token_refresh_error'

/** What a program gets when a controller throws. */
async function answerTo(error: Error) {
  const request = new RequestFactory().merge({ url: '/api/v1/token' }).create()
  const ctx = new HttpContextFactory().merge({ request }).create()
  await new HttpExceptionHandler().handle(error, ctx)
  const { response } = ctx
  const body = JSON.parse(response.getBody() as string) as Record<string, unknown>
  return { status: response.getStatus(), retryAfter: response.getHeader('retry-after'), body }
}

test.group('Token problems in API answers', () => {
  test('what only a person can mend is a 409 with its code and where to go; the owner is not told', async ({
    assert,
  }) => {
    const subject = { connectionId: 'c1', owner: 'ana', provider: 'acme', reconnectPath: '/accounts/c1' }
    const { status, body } = await answerTo(new ReAuthRequiredError('reauth_required', subject))
    assert.equal(status, 409)
    assert.equal(body.code, 'reauth_required')
    assert.match(String(body.reconnect_url), /^http.+\/accounts\/c1$/)
    assert.notInclude(JSON.stringify(body), 'ana')
  })

  test('what does not exist is a 404', async ({ assert }) => {
    const subject = { connectionId: null, owner: 'ana', provider: 'acme', reconnectPath: null }
    const { status, body } = await answerTo(new ReAuthRequiredError('not_found', subject))
    assert.deepEqual([status, body.code], [404, 'not_found'])
    assert.notProperty(body, 'reconnect_url')
  })

  for (const [code, status] of [
    ['refresh_retrying', 503],
    ['provider_unavailable', 503],
    ['rate_limited', 429],
  ] as const) {
    test(`${code} is a ${status} with whole seconds to wait`, async ({ assert }) => {
      const trouble = { connectionId: 'c1', provider: 'acme', retryAfter: 1500, cause: 'x' }
      const error = new TokenRefreshError(code, { ...trouble, reconnectPath: '/accounts/c1' })
      const answer = await answerTo(error)
      assert.deepEqual([answer.status, answer.body.code, answer.retryAfter], [status, code, '2'])
    })
  }

  test('an error that is printed does not name the owner', ({ assert }) => {
    const subject = { connectionId: 'c1', owner: 'ana', provider: 'acme', reconnectPath: null }
    const error = new ReAuthRequiredError('reauth_required', subject)
    assert.equal(error.owner, 'ana')
    assert.notInclude(JSON.stringify({ ...error }) + error.message, 'ana')
  })
})
