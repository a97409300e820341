import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { readIdToken } from '#services/id_token'
import { Once } from '#services/once'
import { pickOrganization } from '#services/organization_choice'
import { CONNECT_LIFETIME, isYoung, remember, take } from '#services/pending_connects'

const NOW = Date.UTC(2026, 10, 21)
const expected = { issuer: 'https://as.example', clientId: 'us', nonce: 'n-1', now: NOW }
const idToken = (changes: object = {}) => {
  const claims = {
    iss: 'https://as.example',
    aud: 'us',
    nonce: 'n-1',
    sub: 'ana',
    exp: NOW / 1_000 + 60,
    ...changes,
  }
  return new Secret(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`)
}

test.group('An ID token names its subject', () => {
  test('where issuer, audience, nonce and expiry are those of the request', ({ assert }) => {
    assert.deepEqual(readIdToken(idToken(), expected), { ok: true, subject: 'ana' })
    assert.isTrue(readIdToken(idToken({ aud: ['them', 'us'] }), expected).ok)
  })

  for (const [changes, reason] of [
    [{ iss: 'https://evil.example' }, 'issuer'],
    [{ aud: 'them' }, 'audience'],
    [{ nonce: 'n-2' }, 'nonce'],
    [{ exp: NOW / 1_000 - 3_600 }, 'expired'],
    [{ sub: '' }, 'malformed'],
  ] as const) {
    test(`and is refused for its ${reason} otherwise`, ({ assert }) => {
      assert.deepEqual(readIdToken(idToken(changes), expected), { ok: false, reason })
    })
  }

  test('and garbage names nobody', ({ assert }) => {
    for (const text of ['', 'a.b.c', '..', 'e30.bnVsbA.x']) {
      assert.deepEqual(readIdToken(new Secret(text), expected), { ok: false, reason: 'malformed' })
    }
  })
})

test.group('Pending attempts', () => {
  test('are dropped when too old or too many, the oldest first', ({ assert }) => {
    const entry = (startedAt: number) => ({ state: String(startedAt), startedAt })
    const at = (one: { startedAt: number }) => one.startedAt
    const old = entry(NOW - CONNECT_LIFETIME - 1)
    let kept = [old]
    for (let i = 0; i < 7; i++) kept = remember(kept, entry(NOW + i), at, NOW + i)
    assert.deepEqual(
      kept.map(at),
      [2, 3, 4, 5, 6].map((i) => NOW + i)
    )
  })

  test('are taken out by their state', ({ assert }) => {
    const entries = [{ state: 'a' }, { state: 'b' }]
    assert.deepEqual(take(entries, 'a'), { found: { state: 'a' }, rest: [{ state: 'b' }] })
    assert.deepEqual(take(entries, 'c'), { found: null, rest: entries })
  })

  test('live for ten minutes', ({ assert }) => {
    assert.isTrue(isYoung(NOW - CONNECT_LIFETIME, NOW))
    assert.isFalse(isYoung(NOW - CONNECT_LIFETIME - 1, NOW))
    assert.isFalse(isYoung(NOW + CONNECT_LIFETIME, NOW))
  })
})

test.group('Work that is done once', () => {
  test('is shared while remembered, and done anew after it failed', async ({ assert }) => {
    let now = 0
    let runs = 0
    const once = new Once<number>(100, () => now)
    const work = async () => ++runs
    assert.deepEqual(await Promise.all([once.run('a', work), once.run('a', work)]), [1, 1])
    now = 101
    assert.equal(await once.run('a', work), 2)
    await assert.rejects(() => once.run('b', () => Promise.reject(new Error('no'))))
    assert.equal(await once.run('b', work), 3)
  })
})

test.group('The organization that is meant', () => {
  const all = [
    { id: '00000000-0000-7000-8000-000000000001', slug: 'one' },
    { id: '00000000-0000-7000-8000-000000000002', slug: 'two' },
  ]
  test('is the named one, by slug or id', ({ assert }) => {
    assert.deepEqual(pickOrganization(all, 'two'), { ok: true, organization: all[1] })
    assert.deepEqual(pickOrganization(all, all[0].id.toUpperCase()), { ok: true, organization: all[0] })
  })

  test('is the only one where none is named', ({ assert }) => {
    assert.deepEqual(pickOrganization([all[0]], undefined), { ok: true, organization: all[0] })
  })

  test('must be named where there are several, and the sentence lists them', ({ assert }) => {
    const choice = pickOrganization(all, undefined)
    assert.isFalse(choice.ok)
    assert.match(choice.ok ? '' : choice.reason, /--organization: one, two\./)
    assert.isFalse(pickOrganization(all, 'three').ok)
  })
})
