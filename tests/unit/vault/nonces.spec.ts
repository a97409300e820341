import { randomBytes } from 'node:crypto'
import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { parseKeyRing } from '#vault/key_ring'
import { rewrap, SEALED_COLUMNS, type SealedRow } from '#vault/rewrap'
import { Vault } from '#vault/vault'

const SEALS = 200_000

function vault(text: string): Vault {
  const parsed = parseKeyRing(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return new Vault(parsed.ring)
}

const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`
const place = { organizationId: 'org', connectionId: 'con', column: 'access_token' }

test.group('Vault | nonces', () => {
  test('none of 200,000 seals repeats the nonce of another', ({ assert }) => {
    const sealing = vault(newKey('k1'))
    const secret = new Secret('token')
    const nonces = new Set<string>()
    for (let count = 0; count < SEALS; count++) nonces.add(sealing.seal(secret, place).split(':')[2])
    assert.equal(nonces.size, SEALS)
  }).timeout(20_000)
})

test.group('Vault | moving to the newest key', () => {
  const old = newKey('k1')
  const seal = (text: string, column: string) => vault(old).seal(new Secret(text), { ...place, column })
  const row = (): SealedRow => ({
    id: 'con',
    organization_id: 'org',
    access_token: seal('access', 'access_token'),
    refresh_token: seal('refresh', 'refresh_token'),
    spare_refresh_token: seal('spare', 'refresh_token'),
    token_secret: null,
  })

  test('each value opens in its place afterwards, and what is absent stays absent', ({ assert }) => {
    const fresh = newKey('k2')
    const moved = rewrap(vault(`${fresh},${old}`), row())
    if (!moved.ok) return assert.fail(moved.reason)
    const opened = SEALED_COLUMNS.map((column) => {
      const blob = moved.values[column]
      const sealedAs = column === 'spare_refresh_token' ? 'refresh_token' : column
      const found = blob === null ? null : vault(fresh).open(blob, { ...place, column: sealedAs })
      return found?.ok ? found.secret.reveal() : null
    })
    assert.deepEqual(opened, ['access', 'refresh', 'spare', null])
  })

  test('what is under the newest key already keeps its ciphertext', ({ assert }) => {
    const before = row()
    const values = Object.fromEntries(SEALED_COLUMNS.map((column) => [column, before[column]]))
    assert.deepEqual(rewrap(vault(old), before), { ok: true, values })
  })

  test('a row with one value that does not open is left as it is, with the reason', ({ assert }) => {
    const swapped = { ...row(), refresh_token: seal('access', 'access_token') }
    const moved = rewrap(vault(`${newKey('k2')},${old}`), swapped)
    assert.deepEqual(moved, { ok: false, column: 'refresh_token', reason: 'tampered' })
    assert.deepEqual(rewrap(vault(newKey('k2')), row()), {
      ok: false,
      column: 'access_token',
      reason: 'unknown_key',
    })
  })
})
