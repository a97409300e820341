import { test } from '@japa/runner'
import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { TokenRefreshError } from '#exceptions/token_refresh_error'
import { Secret } from '#oauth/secret'
import type { ValidToken } from '#services/token_manager/servable_token'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { managerFixture, type ManagerFixture } from '#tests/helpers/token_manager_fixture'
import { json } from '#tests/helpers/token_server'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
const dialects: Dialect[] = ['sqlite', 'postgres']

const text = (token: ValidToken | null) => token?.accessToken.reveal()

/** The typed error of a read, with what a caller can act on. */
async function refusal(read: Promise<unknown>) {
  const error = await read.then(
    (token) => new Error(`a token came: ${JSON.stringify(token)}`),
    (reason: unknown) => reason
  )
  if (error instanceof ReAuthRequiredError) return { code: error.code, status: error.status, error }
  if (error instanceof TokenRefreshError) {
    const { code, status, retryAfter, cause } = error
    return { code, status, retryAfter, cause, error }
  }
  throw error
}

for (const dialect of dialects) {
  test.group(`Token manager on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let manager: ManagerFixture
    let closeLater: (work: () => Promise<void>) => void
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      closeLater = (work) => context.cleanup(work)
      fixture = await engineFixture(dialect, closeLater)
      manager = await managerFixture(dialect, fixture, closeLater)
    })

    const byId = (connectionId: string) => ({ organizationId: ORGANIZATION, connectionId })
    const sent = () => fixture.server.presented.length
    /** A connection whose token was issued half an hour ago and ends in `left`. */
    const connect = (account: string, left: number, values = {}) =>
      fixture.connect(account, {
        last_token_refresh_at: NOW - HOUR / 2,
        token_expires_at: NOW + left,
        next_refresh_at: NOW + left - 5 * MINUTE,
        ...values,
      })
    const sibling = () => managerFixture(dialect, fixture, closeLater, { engine: fixture.sibling() })

    test('a token with more than five minutes left is handed out as it is, by id and by owner', async ({
      assert,
    }) => {
      const id = await connect('ana', 6 * MINUTE, { scopes: JSON.stringify(['read', 'write']) })
      const token = await manager.tokens.getValidAccessToken(byId(id))
      assert.equal(text(token), 'first-ana')
      assert.containSubset(token, {
        connectionId: id,
        tokenType: 'Bearer',
        kind: 'oauth2',
        tokenSecret: null,
      })
      assert.equal(token.expiresAt?.getTime(), NOW + 6 * MINUTE)
      assert.deepEqual(token.scopes, ['read', 'write'])
      const owned = { organizationId: ORGANIZATION, owner: 'ana', provider: 'acme' }
      assert.deepEqual(await manager.tokens.getValidAccessToken(owned), token)
      assert.deepEqual(await manager.tokens.getValidAccessToken('ana', 'acme'), token)
      assert.equal(sent(), 0)
    })

    test('a token that prints shows nothing', async ({ assert }) => {
      const id = await connect('ana', HOUR)
      assert.notInclude(JSON.stringify(await manager.tokens.getValidAccessToken(byId(id))), 'first-ana')
    })

    test('a token that was read is in memory: reading it again asks the database nothing', async ({
      assert,
    }) => {
      const id = await connect('ana', HOUR)
      const owned = { organizationId: ORGANIZATION, owner: 'ana', provider: 'acme' }
      let before = -1
      // The word of the connection's own insert may come after the first read.
      await eventually(async () => {
        before = manager.reads()
        await manager.tokens.getValidAccessToken(owned)
        assert.equal(manager.reads(), before)
      })
      for (let read = 0; read < 5; read++) {
        assert.equal(text(await manager.tokens.getValidAccessToken(byId(id))), 'first-ana')
        assert.equal(text(await manager.tokens.getValidAccessToken(owned)), 'first-ana')
      }
      assert.equal(manager.reads(), before)
    })

    test('what is cached ends with its token: a lapsed token is never handed out from memory', async ({
      assert,
    }) => {
      const id = await connect('ana', 6 * MINUTE)
      await manager.tokens.getValidAccessToken(byId(id))
      fixture.clock.advance(2 * MINUTE)
      assert.match(text(await manager.tokens.getValidAccessToken(byId(id))) ?? '', /^at-/)
      assert.equal(sent(), 1)
    })

    test('a token with less than five minutes left is refreshed first', async ({ assert }) => {
      const id = await connect('ana', 4 * MINUTE)
      const token = await manager.tokens.getValidAccessToken(byId(id))
      assert.match(text(token) ?? '', /^at-/)
      assert.equal(token.expiresAt?.getTime(), NOW + HOUR)
      const [attempt] = await fixture.attempts(id)
      assert.equal(attempt.kind, 'on_demand')
    })

    test('of a short-lived token half of its life is enough', async ({ assert }) => {
      const id = await connect('ana', 90 * SECOND, { last_token_refresh_at: NOW - 30 * SECOND })
      assert.equal(text(await manager.tokens.getValidAccessToken(byId(id))), 'first-ana')
      fixture.clock.advance(31 * SECOND)
      assert.match(text(await manager.tokens.getValidAccessToken(byId(id))) ?? '', /^at-/)
    })

    test('twenty callers of one expired token on two nodes make one request and get the same token', async ({
      assert,
    }) => {
      const id = await connect('ana', -MINUTE)
      const other = await sibling()
      const calls = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? other : manager).tokens.getValidAccessToken(byId(id))
      )
      const texts = (await Promise.all(calls)).map(text)
      assert.lengthOf(new Set(texts), 1)
      assert.equal(sent(), 1)
    })

    test('a node that judged by an old row gets the token of the refresh that was faster', async ({
      assert,
    }) => {
      const id = await connect('ana', -MINUTE)
      const other = fixture.sibling()
      const { token_version: tokenVersion } = await fixture.row(id)
      await fixture.engine.refresh.refreshOne(id, { kind: 'on_demand' })
      const request = { kind: 'on_demand', tokenVersion: Number(tokenVersion) } as const
      const outcome = await other.refresh.refreshOne(id, request)
      assert.equal(outcome.status, 'refreshed')
      assert.equal(sent(), 1)
    })

    test('a refresh by another process is seen at the next read', async ({ assert }) => {
      const id = await connect('ana', HOUR)
      const other = await sibling()
      await manager.tokens.getValidAccessToken(byId(id))
      await other.tokens.getValidAccessToken(byId(id))
      await manager.tokens.refresh(byId(id))
      const token = await manager.tokens.getValidAccessToken(byId(id))
      assert.match(text(token) ?? '', /^at-/)
      await eventually(async () =>
        assert.equal(text(await other.tokens.getValidAccessToken(byId(id))), text(token))
      )
      assert.equal(sent(), 1)
    })

    test('what somebody writes by SQL is seen too: pause, suspension, removal', async ({ assert }) => {
      const id = await connect('ana', HOUR)
      await manager.tokens.getValidAccessToken(byId(id))
      await fixture.update(id, { status: 'suspended', is_suspended: true })
      await eventually(async () =>
        assert.equal((await refusal(manager.tokens.getValidAccessToken(byId(id)))).code, 'account_suspended')
      )
      await fixture.update(id, { status: 'connected', is_suspended: false })
      await manager.tokens.getValidAccessToken('ana', 'acme')
      await fixture.remove(id)
      await eventually(async () =>
        assert.equal((await refusal(manager.tokens.getValidAccessToken('ana', 'acme'))).code, 'not_found')
      )
    })

    test('while a refresh fails, a token that still lives is handed out', async ({ assert }) => {
      const id = await connect('ana', 2 * MINUTE)
      fixture.server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
      const quick = await managerFixture(dialect, fixture, closeLater, {
        engine: fixture.sibling({ sleep: async () => {} }),
      })
      assert.equal(text(await quick.tokens.getValidAccessToken(byId(id))), 'first-ana')
    })

    test('a lapsed token whose provider is away is refused with the time of the next try', async ({
      assert,
    }) => {
      const id = await connect('ana', -MINUTE)
      fixture.server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
      const engine = fixture.sibling({ sleep: async () => {} })
      const { tokens } = await managerFixture(dialect, fixture, closeLater, { engine })
      const { code, status, retryAfter, cause } = await refusal(tokens.getValidAccessToken(byId(id)))
      assert.deepInclude(
        { code, status, cause },
        { code: 'provider_unavailable', status: 503, cause: 'unavailable' }
      )
      assert.isAtLeast(retryAfter ?? 0, 1000)
      assert.isNull(await tokens.findValidAccessToken(byId(id)))
    })

    test('a rate limit is told as such, with the wait that the provider asked for', async ({ assert }) => {
      const id = await connect('ana', -MINUTE)
      const limit = (response: Parameters<typeof json>[0]) =>
        json(response, 429, { error: 'slow_down' }, { 'retry-after': '90' })
      fixture.server.next(limit)
      const first = await refusal(manager.tokens.getValidAccessToken(byId(id)))
      assert.deepInclude(first, { code: 'rate_limited', status: 429 })
      assert.isAtLeast(first.retryAfter ?? 0, 90 * SECOND)
      const second = await refusal(manager.tokens.getValidAccessToken(byId(id)))
      assert.equal(second.code, 'rate_limited')
      assert.equal(sent(), 1)
    })

    test('a paused provider refuses lapsed tokens only, with the end of the pause', async ({ assert }) => {
      fixture.server.clientSecret = 'another'
      const lapsed = await connect('ana', -MINUTE)
      const living = await connect('bob', 2 * MINUTE)
      const first = await refusal(manager.tokens.getValidAccessToken(byId(lapsed)))
      assert.deepInclude(first, { code: 'provider_unavailable', cause: 'configuration' })
      const second = await refusal(manager.tokens.getValidAccessToken(byId(lapsed)))
      assert.deepInclude(second, {
        code: 'provider_unavailable',
        cause: 'provider_paused',
        retryAfter: 5 * MINUTE,
      })
      assert.equal(text(await manager.tokens.getValidAccessToken(byId(living))), 'first-bob')
      assert.equal(sent(), 1)
    })

    test('between the strikes reads send nothing: the token while it lives, then the time of the retry', async ({
      assert,
    }) => {
      const id = await connect('ana', 4 * MINUTE)
      fixture.server.revoke('ana')
      assert.equal(text(await manager.tokens.getValidAccessToken(byId(id))), 'first-ana')
      assert.equal(sent(), 1)
      assert.equal(text(await manager.tokens.getValidAccessToken(byId(id))), 'first-ana')
      fixture.clock.advance(5 * MINUTE)
      const { code, retryAfter } = await refusal(manager.tokens.getValidAccessToken(byId(id)))
      assert.deepEqual({ code, retryAfter }, { code: 'refresh_retrying', retryAfter: 10 * MINUTE })
      fixture.clock.advance(11 * MINUTE)
      assert.equal((await refusal(manager.tokens.getValidAccessToken(byId(id)))).code, 'refresh_retrying')
      assert.equal(sent(), 1)
      await fixture.engine.refresh.refreshDue()
      const confirmed = await refusal(manager.tokens.getValidAccessToken(byId(id)))
      assert.deepInclude(confirmed, { code: 'reauth_required', status: 409 })
      const { error } = confirmed as { error: ReAuthRequiredError }
      assert.deepInclude(
        { ...error, owner: error.owner },
        { connectionId: id, owner: 'ana', provider: 'acme', reconnectPath: `/accounts/${id}/reconnect` }
      )
      assert.equal(sent(), 2)
    })

    test('a lost answer is replayed by the schedule, not by readers', async ({ assert }) => {
      const id = await connect('ana', -MINUTE)
      fixture.server.next((response) => void response.destroy())
      const first = await refusal(manager.tokens.getValidAccessToken(byId(id)))
      assert.deepInclude(first, { code: 'refresh_retrying', cause: 'ambiguous' })
      assert.equal((await refusal(manager.tokens.getValidAccessToken(byId(id)))).code, 'refresh_retrying')
      assert.equal(sent(), 1)
    })

    for (const [what, values, code] of [
      ['needs a reconnect', { status: 'needs_reauth', is_active: false }, 'reauth_required'],
      ['is disconnected', { status: 'disconnected', is_active: false }, 'reauth_required'],
      ['is suspended', { status: 'suspended', is_suspended: true, is_active: false }, 'account_suspended'],
      ['is locked', { status: 'error', status_reason: 'locked', is_active: false }, 'action_required'],
      [
        'failed for an unknown reason, twice',
        { status: 'error', status_reason: 'unknown' },
        'action_required',
      ],
      ['is unreadable, twice', { status: 'error', status_reason: 'unreadable' }, 'refresh_retrying'],
    ] as const) {
      test(`a connection that ${what} gives no token, however long that would live: ${code}`, async ({
        assert,
      }) => {
        const id = await connect('ana', HOUR, values)
        assert.equal((await refusal(manager.tokens.getValidAccessToken(byId(id)))).code, code)
        assert.isNull(await manager.tokens.findValidAccessToken(byId(id)))
        assert.equal(sent(), 0)
      })
    }

    for (const [what, values] of [
      ['paused', { paused_at: NOW }],
      ['inactive', { is_active: false }],
    ] as const) {
      test(`a connection that is ${what} gives its token while that lives, then somebody must act`, async ({
        assert,
      }) => {
        const id = await connect('ana', MINUTE, values)
        assert.equal(text(await manager.tokens.getValidAccessToken(byId(id))), 'first-ana')
        fixture.clock.advance(2 * MINUTE)
        const { code, error } = await refusal(manager.tokens.getValidAccessToken(byId(id)))
        assert.equal(code, 'action_required')
        assert.isNotNull((error as ReAuthRequiredError).instruction)
        assert.equal(sent(), 0)
      })
    }

    test('a static token is handed out as it is; an OAuth 1.0a one with its secret', async ({ assert }) => {
      const never = {
        token_expires_at: null,
        expiry_source: 'never',
        refresh_token: null,
        next_refresh_at: null,
      }
      const fixed = await connect('ana', 0, { ...never, token_type: 'static' })
      const signed = await connect('bob', 0, { ...never, token_type: 'oauth1a' })
      const place = { organizationId: ORGANIZATION, connectionId: signed, column: 'token_secret' }
      await fixture.update(signed, { token_secret: fixture.vault.seal(new Secret('signing'), place) })
      const token = await manager.tokens.getValidAccessToken(byId(fixed))
      assert.containSubset(token, { kind: 'static', tokenType: 'Bearer', expiresAt: null, tokenSecret: null })
      const oauth1 = await manager.tokens.getValidAccessToken(byId(signed))
      assert.containSubset(oauth1, { kind: 'oauth1a', tokenType: 'OAuth', expiresAt: null })
      assert.equal(oauth1.tokenSecret?.reveal(), 'signing')
      assert.equal(sent(), 0)
    })

    test('a token without a way to be refreshed is handed out to its end, then it must be reconnected', async ({
      assert,
    }) => {
      const id = await connect('ana', MINUTE, { refresh_token: null })
      assert.equal(text(await manager.tokens.getValidAccessToken(byId(id))), 'first-ana')
      fixture.clock.advance(2 * MINUTE)
      assert.equal((await refusal(manager.tokens.getValidAccessToken(byId(id)))).code, 'reauth_required')
    })

    test('a token that does not open is trouble, never absent', async ({ assert }) => {
      const id = await connect('ana', HOUR)
      const other = await connect('bob', HOUR)
      const { access_token: moved } = await fixture.row(other)
      await fixture.update(id, { access_token: moved as string })
      const found = await refusal(manager.tokens.getValidAccessToken(byId(id)))
      assert.deepInclude(found, { code: 'refresh_retrying', status: 503, cause: 'unreadable' })
      await fixture.update(id, { access_token: 'v1:gone:AAAA:AAAA:AAAA' })
      await eventually(async () =>
        assert.equal((await refusal(manager.tokens.getValidAccessToken(byId(id)))).cause, 'unreadable')
      )
    })

    test('an owner with several connections must name one; one that is disconnected does not count', async ({
      assert,
    }) => {
      await connect('ana', HOUR)
      const second = await connect('ana-2', HOUR, { owner: 'ana' })
      const found = await refusal(manager.tokens.getValidAccessToken('ana', 'acme'))
      assert.deepInclude(found, { code: 'ambiguous_connection', status: 409 })
      await fixture.update(second, { status: 'disconnected' })
      await eventually(async () =>
        assert.equal(text(await manager.tokens.getValidAccessToken('ana', 'acme')), 'first-ana')
      )
    })

    test('what does not exist is not found, without a connection id', async ({ assert }) => {
      await connect('ana', HOUR)
      const reads = [
        () => manager.tokens.getValidAccessToken('nobody', 'acme'),
        () => manager.tokens.getValidAccessToken('ana', 'other'),
        () => manager.tokens.getValidAccessToken(byId('no uuid at all')),
        () => manager.tokens.getValidAccessToken(byId('00000000-0000-7000-8000-0000000000ff')),
      ]
      for (const read of reads) {
        const { code, status, error } = await refusal(read())
        assert.deepEqual([code, status], ['not_found', 404])
        assert.isNull((error as ReAuthRequiredError).connectionId)
      }
    })

    test('a token that was reported as refused is checked once for all callers, and refreshed once', async ({
      assert,
    }) => {
      const id = await connect('ana', HOUR)
      manager.says({ state: 'refused', reason: 'rejected' })
      const token = await manager.tokens.getValidAccessToken(byId(id))
      const reports = Array.from({ length: 10 }, () =>
        manager.tokens.onUnauthorized(byId(id), token.accessToken)
      )
      const texts = (await Promise.all(reports)).map(text)
      assert.lengthOf(new Set(texts), 1)
      assert.match(texts[0] ?? '', /^at-/)
      assert.equal(manager.asked(), 1)
      assert.equal(sent(), 1)
      assert.equal(text(await manager.tokens.onUnauthorized(byId(id), 'first-ana')), texts[0])
      assert.deepEqual([manager.asked(), sent()], [1, 1])
    })

    test('a reported token that the provider confirms is handed out again', async ({ assert }) => {
      const id = await connect('ana', HOUR)
      manager.says({ state: 'valid', reason: 'valid' })
      assert.equal(text(await manager.tokens.onUnauthorized(byId(id))), 'first-ana')
      assert.equal(sent(), 0)
    })

    test('where nobody can say, a reported token is refreshed; while that fails it is not handed out', async ({
      assert,
    }) => {
      const id = await connect('ana', HOUR)
      fixture.server.revoke('ana')
      const { code } = await refusal(manager.tokens.onUnauthorized(byId(id)))
      assert.equal(code, 'refresh_retrying')
      assert.equal((await refusal(manager.tokens.onUnauthorized(byId(id)))).code, 'refresh_retrying')
      assert.equal(sent(), 1)
    })

    test('a static token that its provider refuses must be reconnected; one that nobody could ask about waits', async ({
      assert,
    }) => {
      const never = {
        token_expires_at: null,
        expiry_source: 'never',
        refresh_token: null,
        next_refresh_at: null,
      }
      const id = await connect('ana', 0, { ...never, token_type: 'static' })
      manager.says({ state: 'unknown', reason: 'unavailable', retryAt: NOW + MINUTE })
      const waiting = await refusal(manager.tokens.onUnauthorized(byId(id)))
      assert.deepInclude(waiting, { code: 'provider_unavailable', retryAfter: MINUTE })
      manager.says({ state: 'refused', reason: 'rejected' })
      assert.equal((await refusal(manager.tokens.onUnauthorized(byId(id)))).code, 'reauth_required')
    })

    test('a refresh by hand replaces a token that is still valid and tells its outcome', async ({
      assert,
    }) => {
      const id = await connect('ana', HOUR)
      const outcome = await manager.tokens.refresh('ana', 'acme')
      assert.deepInclude(outcome, { connectionId: id, status: 'refreshed' })
      const [attempt] = await fixture.attempts(id)
      assert.equal(attempt.kind, 'manual')
    })

    test('a validation says what the provider says and refreshes nothing', async ({ assert }) => {
      const id = await connect('ana', HOUR)
      manager.says({ state: 'refused', reason: 'rejected' })
      assert.deepInclude(await manager.tokens.validate(byId(id)), { state: 'refused', reason: 'rejected' })
      assert.equal(sent(), 0)
    })

    test('an invalidated token is read from the database again; what does not exist can be invalidated', async ({
      assert,
    }) => {
      const id = await connect('ana', HOUR)
      await manager.tokens.getValidAccessToken(byId(id))
      await manager.tokens.invalidateCache('ana', 'acme')
      const before = manager.reads()
      await manager.tokens.getValidAccessToken(byId(id))
      assert.equal(manager.reads(), before + 1)
      await manager.tokens.invalidateCache('nobody', 'acme')
    })

    test('memory has a bound; what fell out of it is read again', async ({ assert }) => {
      const small = await managerFixture(dialect, fixture, closeLater, { remembered: 4 })
      const ids: string[] = []
      for (let index = 0; index < 12; index++) ids.push(await connect(`a-${index}`, HOUR))
      const readAll = async () => {
        const texts: (string | undefined)[] = []
        for (const id of ids) texts.push(text(await small.tokens.getValidAccessToken(byId(id))))
        return texts
      }
      const expected = ids.map((_, index) => `first-a-${index}`)
      assert.deepEqual(await readAll(), expected)
      const before = small.reads()
      assert.deepEqual(await readAll(), expected)
      assert.equal(small.reads(), before + 12)
    })
  })
}

/** On PostgreSQL other connections hear of a commit a moment later. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await check()
    } catch (error) {
      if (tries === 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

test.group('Token manager and added providers', () => {
  test('a provider that an organization added is called by its key, by that organization only', async ({
    assert,
    cleanup,
  }) => {
    const fixture = await engineFixture('sqlite', cleanup)
    const { tokens } = await managerFixture('sqlite', fixture, cleanup)
    // The organization comes with its first connection.
    await fixture.connect('ben')
    const entry = {
      token_endpoint: 'https://umbrella.example/token',
      authorization_endpoint: 'https://umbrella.example/',
    }
    const input = {
      key: 'umbrella',
      name: 'Umbrella',
      entry: { ...entry, client_id: 'c' },
      clientSecret: null,
    }
    const added = await fixture.engine.catalogue.add(ORGANIZATION, input)
    assert.isTrue(added.ok, JSON.stringify(added))
    if (!added.ok) return
    await fixture.connect('ana', { token_expires_at: NOW + HOUR, provider: added.provider.id })
    const owned = { organizationId: ORGANIZATION, owner: 'ana', provider: 'umbrella' }
    assert.isString(text(await tokens.getValidAccessToken(owned)))
    assert.isString(text(await tokens.getValidAccessToken(owned)))
    const other = { ...owned, organizationId: '00000000-0000-7000-8000-0000000000ff' }
    assert.isNull(await tokens.findValidAccessToken(other))
  })
})
