import { test } from '@japa/runner'
import { buildProviders, type BuildInput } from '#oauth/build_providers'
import oauth2 from '#oauth/providers/oauth2'
import twitch from '#oauth/providers/twitch'
import { ProvidersFileError, type ProvidersFile } from '#oauth/providers_file_types'
import { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'

function build(file: ProvidersFile | null, more: Partial<BuildInput> = {}): Map<string, Provider> {
  const env: Record<string, string> = { ACME_SECRET: 'from-env' }
  const input = {
    builtIn: [twitch, oauth2],
    clients: {},
    allowPrivate: false,
    secretFromEnv: (name: string) => env[name],
  }
  return new Map(buildProviders({ ...input, file, ...more }).map((provider) => [provider.id, provider]))
}

function problems(file: unknown, more: Partial<BuildInput> = {}): string[] {
  try {
    build(file as ProvidersFile, more)
  } catch (error) {
    if (error instanceof ProvidersFileError) return [...error.problems]
    throw error
  }
  return []
}

test.group('Providers of an installation: merging', () => {
  const clients = { twitch: { client_id: 'tw', client_secret: new Secret('tw-secret') } }

  test('without a file there are the built-in ones with their clients, and no generic one', ({ assert }) => {
    const providers = build(null, { clients })
    assert.deepEqual([...providers.keys()], ['twitch'])
    assert.equal(providers.get('twitch')?.client?.client_id, 'tw')
  })

  test('an override changes its field only', ({ assert }) => {
    const file = {
      twitch: {
        token_endpoint: 'http://127.0.0.1:4455/token',
        validation_endpoint: 'http://127.0.0.1:4455/v',
      },
    }
    const made = build(file, { clients, allowPrivate: true }).get('twitch')!
    assert.equal(made.server.token_endpoint, 'http://127.0.0.1:4455/token')
    assert.equal(made.server.revocation_endpoint, twitch.server.revocation_endpoint)
    assert.containSubset(made.validation, { url: 'http://127.0.0.1:4455/v', scheme: 'OAuth' })
    assert.containSubset(made, {
      name: 'Twitch',
      gate: 'twitch',
      refresh: twitch.refresh,
      client: clients.twitch,
    })
    assert.isTrue(made.allowPrivate)
  })

  test('a derived provider keeps the dialect; it shares the gate only with the client', ({ assert }) => {
    const providers = build(
      {
        second: { extends: 'twitch', margin: '10m' },
        third: { extends: 'second', client_id: 'own', client_secret: 'x' },
      },
      { clients }
    )
    assert.containSubset(providers.get('second'), {
      name: 'second',
      gate: 'twitch',
      client: { client_id: 'tw' },
    })
    assert.containSubset(providers.get('third'), {
      gate: 'third',
      client: { client_id: 'own' },
      refresh: { margin: 600_000 },
    })
    assert.lengthOf(providers.get('third')!.failures, twitch.failures.length)
  })

  test('a new issuer takes no endpoint from the base, whatever the order in the file', ({ assert }) => {
    const entry = {
      token_endpoint: 'https://acme.example/t',
      extends: 'twitch',
      issuer: 'https://acme.example',
      client_id: 'c',
    }
    const made = build({ acme: entry }).get('acme')!
    assert.deepEqual(made.server, {
      issuer: 'https://acme.example',
      token_endpoint: 'https://acme.example/t',
    })
    assert.isNull(made.validation)
  })

  test('a client may be registered for a gate that several providers share', ({ assert }) => {
    const google = { google: { client_id: 'g', client_secret: null } }
    const one: Provider = { ...twitch, id: 'mail', gate: 'google' }
    assert.equal(build(null, { builtIn: [one], clients: google }).get('mail')?.client?.client_id, 'g')
  })

  test('another client does not inherit a secret', ({ assert }) => {
    assert.isNull(build({ twitch: { client_id: 'other' } }, { clients }).get('twitch')!.client!.client_secret)
  })
})

test.group('Providers of an installation: problems', () => {
  const base = { token_endpoint: 'https://acme.example/t', client_id: 'c' }
  const wrong: [unknown, RegExp][] = [
    [
      { acme: { ...base, tokn_endpoint: 'x' } },
      /^acme: "tokn_endpoint" is not a field of a provider; did you mean "token_endpoint"\?$/,
    ],
    [
      { acme: { ...base, client_secret_env: 'NOPE' } },
      /^acme: client_secret_env: the environment variable NOPE is not set; set it/,
    ],
    [
      { acme: { ...base, client_secret: 'a', client_secret_env: 'ACME_SECRET' } },
      /^acme: client_secret: give either/,
    ],
    [
      { acme: { ...base, token_endpoint: 'http://acme.example/t' } },
      /^acme: token_endpoint: must be https; http needs ALLOW_PRIVATE_PROVIDERS=true$/,
    ],
    [
      { acme: { ...base, token_endpoint: 'https://192.168.0.1/t' } },
      /^acme: token_endpoint: 192\.168\.0\.1 is a loopback or private address/,
    ],
    [
      { acme: { ...base, validation_endpoint: 'https://localhost/v' } },
      /^acme: validation_endpoint: localhost/,
    ],
    [{ acme: { ...base, margin: 'soon' } }, /^acme: margin: "soon" is not a duration/],
    [
      { acme: { ...base, rate_limit: { per_second: -1 } } },
      /^acme: rate_limit\.per_second: must be more than zero/,
    ],
    [
      { acme: { ...base, extends: 'twich' } },
      /^acme: extends: there is no provider "twich"; did you mean "twitch"\?$/,
    ],
    [{ a: { extends: 'b' }, b: { extends: 'a' } }, /leads back to itself/],
    [{ acme: { client_id: 'c' } }, /^acme: token_endpoint: give it, or issuer/],
    [
      { acme: { token_endpoint: 'https://acme.example/t', client_secret: 'x' } },
      /^acme: client_id: a secret is given/,
    ],
  ]
  for (const [file, sentence] of wrong) {
    test(`${JSON.stringify(file)} is told`, ({ assert }) => assert.match(problems(file)[0], sentence))
  }

  test('private addresses pass where they are allowed', ({ assert }) => {
    assert.deepEqual(
      problems({ acme: { ...base, token_endpoint: 'http://127.0.0.1:1/t' } }, { allowPrivate: true }),
      []
    )
  })

  test('all problems are told at once, and a base reports once', ({ assert }) => {
    const file = { a: { ...base, margin: 'x', client_secret_env: 'NOPE' }, b: { extends: 'a' } }
    assert.lengthOf(problems(file), 2)
  })
})
