import { test } from '@japa/runner'
import { readTokenResponse } from '#oauth/read_token_response'
import type { ProviderInput } from '#oauth/define_provider'
import twitch from '#oauth/providers/twitch'
import { answered, NOW, provider } from './helpers.js'

const DAY = 86_400_000

function tokens(body: unknown, definition: Partial<ProviderInput> = {}, headers?: Record<string, string>) {
  const result = readTokenResponse(provider(definition), answered(200, body, headers))
  if (!result.ok) throw new Error(`${result.failure.class} ${result.failure.code}`)
  return { ...result.tokens, warnings: result.warnings }
}

const of = (more: object, definition: Partial<ProviderInput> = {}) =>
  tokens({ access_token: 'at', ...more }, definition)

test.group('Token answer: what is taken', () => {
  test('a complete answer is normalized', ({ assert }) => {
    const set = of({
      refresh_token: 'rt',
      expires_in: 3600,
      scope: 'a b',
      token_type: 'bearer',
      id_token: 'x.y.z',
    })
    assert.equal(set.access_token.reveal(), 'at')
    assert.equal(set.refresh_token?.reveal(), 'rt')
    assert.equal(set.id_token?.reveal(), 'x.y.z')
    assert.containSubset(set, {
      expiresIn: 3_600_000,
      scopes: ['a', 'b'],
      token_type: 'Bearer',
      warnings: [],
    })
  })

  test('a refresh token that is missing, null, empty or no text is null, so that the old one is kept', ({
    assert,
  }) => {
    for (const more of [
      {},
      { refresh_token: null },
      { refresh_token: '' },
      { refresh_token: 7 },
      { refresh_token: {} },
    ]) {
      assert.isNull(of(more).refresh_token)
    }
    assert.lengthOf(of({ refresh_token: 7 }).warnings, 1)
  })

  test('expires_in is read as number or numeral and bounded to [1 s, 400 d]', ({ assert }) => {
    const read = (expires: unknown) => of({ expires_in: expires }).expiresIn
    assert.equal(read('3600'), 3_600_000)
    assert.equal(read(3600.7), 3_600_700)
    assert.equal(read(5), 5_000)
    assert.equal(read(0.2), 1_000)
    assert.equal(read(1e20), 400 * DAY)
  })

  test('an expires_in that names no time ahead is null with a warning', ({ assert }) => {
    for (const text of ['"3600s"', '-5', '0', '1e400', '"0x10"', '[]', '{}', 'true', '"soon"']) {
      const set = tokens(`{"access_token":"at","expires_in":${text}}`)
      assert.isNull(set.expiresIn, text)
      assert.lengthOf(set.warnings, 1, text)
    }
    assert.deepEqual(of({}).warnings, [])
  })

  test('scopes come as text, with commas, as an array or in another order; nothing means unchanged', ({
    assert,
  }) => {
    for (const scope of ['a b', 'a,b', 'a, b', ['a', 'b'], ['a b'], ['a', 'b', 'a', 4, null]]) {
      assert.deepEqual(of({ scope }).scopes, ['a', 'b'])
    }
    for (const scope of [undefined, null, '', [], 5, {}]) assert.isNull(of({ scope }).scopes)
    assert.deepEqual(of({ scope: 'a|b' }, { scopeSeparator: '|' }).scopes, ['a', 'b'])
  })

  test('Bearer is Bearer in any case or unsaid; another type is kept and flagged', ({ assert }) => {
    for (const type of ['bearer', 'BEARER', undefined])
      assert.equal(of({ token_type: type }).token_type, 'Bearer')
    assert.equal(of({ token_type: 'mac' }).token_type, 'mac')
    assert.lengthOf(of({ token_type: 'mac' }).warnings, 1)
  })

  test('the remaining life of the grant is read', ({ assert }) => {
    assert.equal(of({ refresh_token_expires_in: '15897600' }).grantExpiresIn, 15_897_600_000)
  })

  test('a definition says where fields are, in which unit, and what else to keep', ({ assert }) => {
    const body = {
      data: [{ token: 'at', left: 30, at: NOW / 1000 + 60 }],
      site: 'https://eu.acme.example',
      n: 4,
    }
    const paths = { access_token: 'data.0.token', expires_in: 'data.0.left' }
    const set = tokens(body, {
      responsePaths: paths,
      expiresInUnit: 'minutes',
      metadataPaths: { url: 'site', n: 'n' },
    })
    assert.equal(set.expiresIn, 1_800_000)
    assert.deepEqual(set.metadata, { url: 'https://eu.acme.example', n: '4' })
    assert.equal(of({ expires_in: 1500 }, { expiresInUnit: 'milliseconds' }).expiresIn, 1_500)
    const absolute = { access_token: 'data.0.token', expires_at: 'data.0.at' }
    assert.equal(tokens(body, { responsePaths: absolute }).expiresIn, 60_000)
  })

  test('a form is accepted where the content type names it', ({ assert }) => {
    const form = 'access_token=at&expires_in=28800&refresh_token=rt&scope=a%2Cb'
    const set = tokens(form, {}, { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' })
    assert.containSubset(set, { expiresIn: 28_800_000, scopes: ['a', 'b'] })
    assert.isFalse(readTokenResponse(provider(), answered(200, form, { 'content-type': 'text/plain' })).ok)
  })

  test('a byte order mark, double keys and a wrong content type do no harm', ({ assert }) => {
    const body = '\ufeff{"access_token":"old","access_token":"at","error":null}'
    assert.equal(tokens(body, {}, { 'content-type': 'text/html' }).access_token.reveal(), 'at')
  })

  test('keys of prototypes neither pollute nor count', ({ assert }) => {
    const hostile =
      '{"access_token":"at","__proto__":{"admin":1,"refresh_token":"x"},"constructor":{"prototype":{"admin":1}}}'
    assert.isNull(tokens(hostile).refresh_token)
    assert.isUndefined(({} as { admin?: number }).admin)
    assert.isFalse(readTokenResponse(provider(), answered(200, '{"__proto__":{"access_token":"at"}}')).ok)
    assert.deepEqual(
      of({}, { metadataPaths: { x: '__proto__.toString', y: 'constructor.name' } }).metadata,
      {}
    )
  })

  test('Twitch answers scopes as an array or null', ({ assert }) => {
    const body = {
      access_token: 'at2',
      expires_in: 14124,
      refresh_token: 'rt2',
      scope: ['chat:read', 'user:read'],
    }
    assert.containSubset(readTokenResponse(twitch, answered(200, body)), { tokens: { scopes: body.scope } })
    assert.containSubset(readTokenResponse(twitch, answered(200, { ...body, scope: null })), {
      tokens: { scopes: null },
    })
  })
})

test.group('Token answer: what is no success', () => {
  test('200 without a usable access token is in doubt: {$self}')
    .with([
      '{}',
      'null',
      '[]',
      '7',
      '""',
      '',
      ' ',
      '<html>',
      'oops',
      '{"access_token":""}',
      '{"access_token":" "}',
    ])
    .run(({ assert }, body) => {
      const result = readTokenResponse(provider(), answered(200, body))
      assert.containSubset(result, { ok: false, failure: { class: 'ambiguous', status: 200 } })
    })

  test('an access token that is a number, an object or unsendable is no success', ({ assert }) => {
    for (const token of [7, {}, ['at'], true, 'a\nb', 'é']) {
      const result = readTokenResponse(provider(), answered(200, { access_token: token }))
      assert.containSubset(result, { ok: false, failure: { class: 'ambiguous', code: 'no_access_token' } })
    }
  })

  test('200 with an error body is an error, even beside a token', ({ assert }) => {
    const dead = readTokenResponse(
      provider(),
      answered(200, { error: 'bad_refresh_token', access_token: 'x' })
    )
    assert.containSubset(dead, { ok: false, failure: { class: 'rejected', code: 'bad_refresh_token' } })
    const slack = readTokenResponse(provider(), answered(200, { ok: false, error: 'odd_thing' }))
    assert.containSubset(slack, { ok: false, failure: { class: 'unknown', code: 'odd_thing' } })
  })

  test('tokens under a failing status are not taken', ({ assert }) => {
    for (const status of [302, 400, 500]) {
      assert.isFalse(readTokenResponse(provider(), answered(status, { access_token: 'at' })).ok)
    }
  })

  test('a definition whose reader throws makes no success and no exception', ({ assert }) => {
    const definition = {
      readTokenSet: () => {
        throw new Error('shape')
      },
    }
    assert.isFalse(readTokenResponse(provider(definition), answered(200, { access_token: 'at' })).ok)
  })
})
