import { test } from '@japa/runner'
import { bearerChallenge, parseChallenges } from '#oauth/challenge'

const parsed = (header: string) =>
  parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)])

test.group('WWW-Authenticate', () => {
  test('one challenge with quoted and bare values, in any case', ({ assert }) => {
    assert.deepEqual(parsed('BEARER Realm="a, b", Resource_Metadata = "https://a.example/x" ,scope=read'), [
      ['bearer', { realm: 'a, b', resource_metadata: 'https://a.example/x', scope: 'read' }],
    ])
  })

  test('several challenges in one header stay apart', ({ assert }) => {
    const header = 'Basic realm="x", Negotiate, Bearer realm="y", error=invalid_token, DPoP algs="ES256"'
    assert.deepEqual(parsed(header), [
      ['basic', { realm: 'x' }],
      ['negotiate', {}],
      ['bearer', { realm: 'y', error: 'invalid_token' }],
      ['dpop', { algs: 'ES256' }],
    ])
  })

  test('a challenge of one opaque word is passed over', ({ assert }) => {
    assert.deepEqual(parsed('Negotiate oYG+/-_==, Bearer scope="a b"'), [
      ['negotiate', {}],
      ['bearer', { scope: 'a b' }],
    ])
  })

  test('a quoted comma, equals sign or scheme is text, and a backslash quotes one character', ({
    assert,
  }) => {
    const header = String.raw`Bearer realm="say \"Bearer scope=x\", \\ now", scope="s"`
    assert.deepEqual(parsed(header), [
      ['bearer', { realm: String.raw`say "Bearer scope=x", \ now`, scope: 's' }],
    ])
  })

  test('of a parameter that is named twice the first counts', ({ assert }) => {
    const header = 'Bearer resource_metadata="https://a.example", resource_metadata="https://evil.example"'
    assert.equal(bearerChallenge(header)?.resourceMetadata, 'https://a.example')
  })

  test('empty list elements are allowed, and broken text ends the reading without an error', ({ assert }) => {
    assert.deepEqual(parsed(', ,Bearer a=1, ,b=2,'), [['bearer', { a: '1', b: '2' }]])
    assert.deepEqual(parsed('Bearer a=1, b="open'), [['bearer', { a: '1' }]])
    assert.deepEqual(parsed('Bearer a=1, b=, c=3'), [['bearer', { a: '1' }]])
    for (const broken of ['', '"', '=', 'é', '\u0000']) assert.deepEqual(parsed(broken), [])
  })

  test('hostile names do not reach a prototype', ({ assert }) => {
    const [challenge] = parseChallenges('Bearer __proto__="x", constructor="y"')
    assert.equal(challenge.params.get('__proto__'), 'x')
    assert.isUndefined(({} as Record<string, unknown>).x)
  })
})

test.group('The bearer challenge', () => {
  test('is found among others, the one that names its metadata first', ({ assert }) => {
    const header = 'Bearer realm="old", Basic realm="x", Bearer resource_metadata="https://a.example/m"'
    assert.equal(bearerChallenge(header)?.resourceMetadata, 'https://a.example/m')
    assert.isNull(bearerChallenge('Basic realm="x"'))
    assert.isNull(bearerChallenge(null))
  })

  test('names scopes once each, and only what a scope may hold', ({ assert }) => {
    const read = (header: string) => bearerChallenge(header)?.scopes
    assert.deepEqual(read('Bearer scope="files:read  files:write files:read"'), ['files:read', 'files:write'])
    assert.deepEqual(read(String.raw`Bearer scope="ok bad\"one back\\slash"`), ['ok'])
    assert.isNull(read('Bearer scope=""'))
    const many = Array.from({ length: 5_000 }, (_, index) => `s${index}`)
    assert.lengthOf(read(`Bearer scope="${many.join(' ')}"`) ?? [], 100)
    assert.isNull(read('Bearer realm="x"'))
  })

  test('names the error', ({ assert }) => {
    assert.equal(bearerChallenge('Bearer error="insufficient_scope", scope="a"')?.error, 'insufficient_scope')
  })
})
