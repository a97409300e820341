import { test } from '@japa/runner'
import { defineProvider, ProviderDefinitionError, type ProviderInput } from '#oauth/define_provider'
import { parseDuration } from '#oauth/duration'
import twitch from '#oauth/providers/twitch'
import { ProviderRegistry } from '#oauth/registry'
import { provider } from './helpers.js'

function problems(input: Partial<ProviderInput>): string {
  try {
    provider(input)
    return ''
  } catch (error) {
    return error instanceof ProviderDefinitionError ? error.message : String(error)
  }
}

test.group('Durations', () => {
  test('text with a unit and plain milliseconds are read', ({ assert }) => {
    const read = ['500ms', '20s', '15m', '1h', '1.5h', '30d', 250, '90 s'].map((text) => parseDuration(text))
    assert.deepEqual(read, [500, 20_000, 900_000, 3_600_000, 5_400_000, 2_592_000_000, 250, 90_000])
  })

  test('anything else is refused', ({ assert }) => {
    for (const text of ['', '1', 'h', '1w', '-1s', '1h30m', Number.NaN, -1, Infinity]) {
      assert.throws(() => parseDuration(text), /is not a duration/)
    }
  })
})

test.group('Provider definitions', () => {
  test('defaults are filled in', ({ assert }) => {
    const made = defineProvider({
      id: 'acme',
      name: 'Acme',
      server: { token_endpoint: 'https://acme.example/t' },
    })
    assert.containSubset(made, {
      gate: 'acme',
      clientAuth: 'client_secret_basic',
      pkce: true,
      scopeSeparator: ' ',
      bodyFormat: 'form',
      codeParam: 'code',
      expiresInUnit: 'seconds',
      rateLimit: { perSecond: null, concurrency: null },
    })
    assert.deepEqual(made.refresh, {
      margin: 300_000,
      assumedLifetime: 3_600_000,
      grantLifetime: null,
      grantLifetimeFrom: 'consent',
      minimumAge: 0,
      rotation: 'may',
      reuse: 'unknown',
      reuseGrace: 0,
      strikes: 2,
      keepAlive: 'always',
      supported: true,
    })
  })

  test('a definition is frozen to the bottom and its input is not', ({ assert }) => {
    const scopes = ['a']
    const made = provider({ scopes })
    assert.throws(() => ((made.refresh as { margin: number }).margin = 1))
    assert.throws(() => (made.scopes as string[]).push('b'))
    scopes.push('b')
    assert.deepEqual(made.scopes, ['a'])
    assert.equal(made.client?.client_secret?.reveal(), 's3cret')
  })

  test('a finished definition can be defined again', ({ assert }) => {
    assert.deepEqual(defineProvider(twitch), twitch)
  })

  const wrong: [Partial<ProviderInput>, RegExp][] = [
    [{ id: 'Bad Id' }, /^Bad Id: id: use lower-case/],
    [{ name: ' ' }, /^acme: name: must not be empty/],
    [{ server: { token_endpoint: 'token' } }, /token_endpoint: "token" is not a URL/],
    [{ server: { token_endpoint: 'http://acme.example' } }, /token_endpoint: must be https/],
    [{ server: { issuer: 'https://10.0.0.1' } }, /issuer: 10\.0\.0\.1 is a loopback or private address/],
    [{ server: { token_endpoint: 'https://u:p@acme.example' } }, /leave user name, password/],
    [{ refresh: { margin: 'soon' } }, /acme: refresh\.margin: "soon" is not a duration/],
    [{ refresh: { reuse: 'grace' } }, /refresh\.reuseGrace/],
    [{ refresh: { strikes: 3 as 2 } }, /refresh\.strikes: must be one of 1, 2/],
    [{ clientAuth: 'basic' as 'none' }, /clientAuth: must be one of/],
    [{ schedule: ['hourly'] }, /schedule: "hourly" is not a cron expression/],
    [{ rateLimit: { perSecond: 0 } }, /rateLimit\.perSecond/],
    [{ config: { site: { title: 'Site', pattern: '[' } } }, /config\.site\.pattern/],
    [{ failures: [{ message: /x/g, class: 'rejected' }] }, /leave out the flags g and y/],
    [{ failures: [{ error: /x/y, class: 'rejected' }] }, /failures\[0\]\.error: leave out the flags/],
    [
      { failures: [{ where: { path: 'a', is: /x/g }, class: 'rejected' }] },
      /failures\[0\]\.where\.is: leave out the flags/,
    ],
    [{ failures: [{ where: { path: '', is: 1 }, class: 'rejected' }] }, /where\.path: must not be empty/],
    [{ tokenHeaders: { 'a b': '1' } }, /"a b" is not a header name/],
    [{ rateLimitResets: [{ header: 'a b', unit: 'seconds_left' }] }, /rateLimitResets\[0\]\.header: "a b"/],
    [
      { rateLimitResets: [{ header: 'a', unit: 'hours' as 'seconds_left' }] },
      /rateLimitResets\[0\]\.unit: must be one of/,
    ],
    [{ checkedOn: '21.11.2026' }, /checkedOn: write the day as/],
    [{ basicEncoding: 'plain' as 'raw' }, /basicEncoding: must be one of form, raw/],
    [{ revokes: 'both' as 'access_token' }, /revokes: must be one of/],
    [
      { oauth1: { consumer: null, validation: { url: 'http://acme.example/me', account: () => null } } },
      /oauth1\.validation\.url: must be https/,
    ],
  ]
  for (const [input, message] of wrong) {
    test(`${JSON.stringify(input)} is refused by name`, ({ assert }) =>
      assert.match(problems(input), message))
  }

  test('all problems are told at once', ({ assert }) => {
    assert.lengthOf(problems({ name: '', schedule: ['x'], refresh: { margin: 'x' } }).split('\n'), 3)
  })
})

test.group('Provider registry', () => {
  test('finds by id, throws for unknown ids, groups by gate', ({ assert }) => {
    const one = provider({ id: 'one', gate: 'shared' })
    const two = provider({ id: 'two', gate: 'shared' })
    const registry = new ProviderRegistry([one, two, provider()])
    assert.equal(registry.get('one'), one)
    assert.isNull(registry.find('nope'))
    assert.throws(() => registry.get('nope'), 'No provider "nope" is defined')
    assert.lengthOf(registry.all(), 3)
    assert.deepEqual(registry.gates().get('shared'), [one, two])
    assert.deepEqual([...registry.gates().keys()], ['shared', 'acme'])
  })
})
