import { test } from '@japa/runner'
import { readChildren } from '#oauth/children'
import { at, isObject } from '#oauth/own'
import { Secret } from '#oauth/secret'
import type { ChildrenSlot, Exchange } from '#oauth/types'
import { aProvider, NOW } from '#tests/helpers/refresh_fixtures'

const provider = aProvider({ failures: [{ error: '190', class: 'rejected' }] })

/** Reads as a definition does that trusts its provider. */
const slot: ChildrenSlot = {
  provider: 'acme_page',
  request: () => ({ method: 'GET', url: 'https://acme.example/accounts', headers: {} }),
  read: (body) => ({
    accounts: (body.data as Record<string, unknown>[]).map((entry) => ({
      id: entry.id as string,
      username: entry.name as string,
      avatarUrl: entry.picture as string,
      accessToken: new Secret(entry.access_token as string),
    })),
    next: at(body, 'next') as string | null,
  }),
}

function answer(body: unknown, status = 200): Exchange {
  const headers = new Headers({ 'content-type': 'application/json' })
  return {
    ok: true,
    status,
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receivedAt: NOW,
  }
}

const read = (exchange: Exchange) =>
  readChildren(provider, slot, exchange, [new Secret('shown-token-1234567')])

function page(body: unknown) {
  const result = read(answer(body))
  return result.ok ? result.page : null
}

const listed = (data: unknown[], next: unknown = null) => page({ data, next })

test.group('Children in an answer', () => {
  test('each account comes with its name and its token', ({ assert }) => {
    const found = listed([{ id: '10', name: 'Bakery', access_token: 'page-token' }], 'c1')
    assert.deepEqual(
      found?.accounts.map(({ id, username, accessToken }) => [id, username, accessToken.reveal()]),
      [['10', 'Bakery', 'page-token']]
    )
    assert.equal(found?.next, 'c1')
  })

  test('an account without a token that can be sent is told apart, and costs no other', ({ assert }) => {
    const tokens = [undefined, null, '', 7, {}, ['x'], 'two\nlines', 'snow☃']
    const data = tokens.map((token, index) => ({ id: String(index), access_token: token }))
    const found = listed([...data, { id: 'good', access_token: 'page-token' }])
    assert.deepEqual(
      found?.tokenless,
      data.map(({ id }) => id)
    )
    assert.deepEqual(
      found?.accounts.map(({ id }) => id),
      ['good']
    )
  })

  test('an entry that names no account is counted and left out', ({ assert }) => {
    const found = listed([
      {},
      { id: '' },
      { id: 5, access_token: 'x' },
      { id: {} },
      { id: '1', access_token: 'x' },
    ])
    assert.equal(found?.unreadable, 4)
    assert.lengthOf(found?.accounts ?? [], 1)
  })

  test('of an account that is listed twice the first usable entry counts', ({ assert }) => {
    const found = listed([
      { id: '1' },
      { id: '1', access_token: 'first' },
      { id: '1', access_token: 'second' },
    ])
    assert.deepEqual(
      found?.accounts.map(({ accessToken }) => accessToken.reveal()),
      ['first']
    )
    assert.deepEqual(found?.tokenless, [])
  })

  test('ids that are names of prototypes are ids like any other', ({ assert }) => {
    const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    const body = `{"data": [${ids.map((id) => `{"id": "${id}", "access_token": "t", "__proto__": {"x": 1}}`)}]}`
    assert.deepEqual(
      page(body)?.accounts.map(({ id }) => id),
      ids
    )
    assert.isUndefined(({} as Record<string, unknown>).x)
  })

  test('pictures that are not https, and texts with control characters, do not pass', ({ assert }) => {
    const [account] =
      listed([{ id: '1\n2', name: 'a\u0000b', picture: 'javascript:alert(1)', access_token: 't' }])
        ?.accounts ?? []
    assert.deepInclude(account, { id: '1 2', username: 'a b' })
    assert.isUndefined(account.avatarUrl)
  })

  test('a cursor that is no text, or endless, ends the list', ({ assert }) => {
    for (const next of [undefined, null, '', 7, {}, 'x'.repeat(2_049)]) assert.isNull(listed([], next)?.next)
  })

  test('an answer of another shape is "unknown", and never throws', ({ assert }) => {
    for (const body of [{}, { data: null }, { data: 'x' }, { data: {} }, { data: [null] }, { data: [[]] }]) {
      const result = read(answer(body))
      if (result.ok) assert.lengthOf(result.page.accounts, 0)
      else assert.deepInclude(result.failure, { class: 'unknown', code: 'no_children' })
    }
    for (const body of ['', '[]', 'null', '<html>', '{"data": [']) assert.isFalse(read(answer(body)).ok)
  })

  test('an answer whose definition gives no list is "unknown"', ({ assert }) => {
    for (const accounts of [null, 'x', { length: 3 }]) {
      const odd = { ...slot, read: () => ({ accounts, next: null }) } as unknown as ChildrenSlot
      const result = readChildren(provider, odd, answer({ data: [] }), [])
      assert.deepInclude(result.ok ? {} : result.failure, { class: 'unknown', code: 'no_children' })
    }
  })

  test('errors are judged by the rules of the provider, and what was shown is struck out', ({ assert }) => {
    const error = { error: { code: 190, message: 'Bad token shown-token-1234567' } }
    for (const status of [200, 400]) {
      const result = read(answer(error, status))
      assert.isFalse(result.ok)
      if (result.ok) continue
      assert.deepInclude(result.failure, { class: 'rejected', code: '190' })
      assert.notInclude(result.failure.description ?? '', 'shown-token')
    }
  })

  test('a huge list is read', ({ assert }) => {
    const data = Array.from({ length: 20_000 }, (_, index) => ({
      id: `p${index}`,
      access_token: `t${index}`,
    }))
    assert.lengthOf(listed(data)?.accounts ?? [], 20_000)
    assert.isTrue(data.every(isObject))
  })
})
