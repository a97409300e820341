import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { credentialFingerprint, Vault } from '#vault/vault'

const key = () => randomBytes(32).toString('base64')
const place = { organizationId: 'org', connectionId: 'con', column: 'access_token' }

function ring(text: string): KeyRing {
  const parsed = parseKeyRing(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.ring
}

test.group('Vault', () => {
  test('opens what it sealed, under the newest key', ({ assert }) => {
    const vault = new Vault(ring(`k2:${key()},k1:${key()}`))
    const blob = vault.seal(new Secret('tökén'), place)
    assert.match(blob, /^v1:k2:/)
    const opened = vault.open(blob, place)
    assert.isTrue(opened.ok && opened.secret.reveal() === 'tökén')
  })

  test('opens what an older key of the ring sealed', ({ assert }) => {
    const old = key()
    const blob = new Vault(ring(`k1:${old}`)).seal(new Secret('token'), place)
    assert.isTrue(new Vault(ring(`k2:${key()},k1:${old}`)).open(blob, place).ok)
  })

  test('the same token seals differently each time', ({ assert }) => {
    const vault = new Vault(ring(`k1:${key()}`))
    const blobs = Array.from({ length: 100 }, () => vault.seal(new Secret('token'), place))
    assert.equal(new Set(blobs).size, 100)
  })

  for (const [name, moved] of [
    ['another row', { ...place, connectionId: 'other' }],
    ['another column', { ...place, column: 'refresh_token' }],
    ['another organization', { ...place, organizationId: 'other' }],
  ] as const) {
    test(`ciphertext moved to ${name} does not open`, ({ assert }) => {
      const vault = new Vault(ring(`k1:${key()}`))
      assert.deepEqual(vault.open(vault.seal(new Secret('token'), place), moved), {
        ok: false,
        reason: 'tampered',
      })
    })
  }

  test('a flipped bit anywhere, a short tag, a wrong version and rubbish are unreadable, never absent', ({
    assert,
  }) => {
    const vault = new Vault(ring(`k1:${key()}`))
    const blob = vault.seal(new Secret('token'), place)
    const parts = blob.split(':')
    const flip = (index: number) => {
      const bytes = Buffer.from(parts[index], 'base64url')
      bytes[0] ^= 1
      return parts.with(index, bytes.toString('base64url')).join(':')
    }
    const shortTag = parts
      .with(3, Buffer.from(parts[3], 'base64url').subarray(0, 4).toString('base64url'))
      .join(':')
    for (const bad of [
      flip(2),
      flip(3),
      flip(4),
      shortTag,
      blob.replace('v1', 'v2'),
      'rubbish',
      '',
      'v1:k1:::',
    ]) {
      assert.isFalse(vault.open(bad, place).ok, bad)
    }
  })

  test('a key that is not in the ring is told apart from tampering', ({ assert }) => {
    const blob = new Vault(ring(`k1:${key()}`)).seal(new Secret('token'), place)
    const opened = new Vault(ring(`k2:${key()}`)).open(blob, place)
    assert.deepEqual(opened, { ok: false, reason: 'unknown_key' })
  })

  test('fingerprints tell tokens and connections apart and hold no part of the token', ({ assert }) => {
    const one = credentialFingerprint('con', new Secret('token-one'))
    assert.notEqual(one, credentialFingerprint('con', new Secret('token-two')))
    assert.notEqual(one, credentialFingerprint('other', new Secret('token-one')))
    assert.match(one, /^[0-9a-f]{32}$/)
  })
})

test.group('Key ring', () => {
  for (const [name, text] of [
    ['nothing', ''],
    ['no id', key()],
    ['an empty key', 'k1:'],
    ['a short key', `k1:${randomBytes(16).toString('base64')}`],
    ['text that is not base64', 'k1:not base64 at all!'],
    ['one id twice', `k1:${key()},k1:${key()}`],
  ]) {
    test(`${name} is refused with a sentence that quotes no key`, ({ assert }) => {
      const parsed = parseKeyRing(text)
      assert.isFalse(parsed.ok)
      if (parsed.ok) return
      assert.match(parsed.problem, /ENCRYPTION_KEYS/)
      const secretPart = text.split(':')[1]
      if (secretPart) assert.notInclude(parsed.problem, secretPart)
    })
  }
})

test.group('Secret', () => {
  test('prints as [secret] however it is printed', ({ assert }) => {
    const secret = new Secret('hush')
    const printed = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }),
      String(secret),
    ]
    for (const text of printed) {
      assert.include(text, '[secret]')
      assert.notInclude(text, 'hush')
    }
  })
})
