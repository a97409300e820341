/**
 * Tokens that come from other tokens: long-lived ones after a consent, pages of a person, a user beside a bot.
 */
import { test } from '@japa/runner'
import { toWire } from '#oauth/outgoing'
import type { FurtherGrant } from '#oauth/types'
import { accountInput, builtIn, refreshInput } from './helpers.js'

const wire = (request: Parameters<typeof toWire>[0]) => {
  const { url, headers } = toWire(request, 'evergrant')
  return { method: request.method, url: url.href, authorization: headers.authorization }
}

test.group('Provider dialects: long-lived tokens', () => {
  test('meta: the token of a consent is exchanged as every other one', ({ assert }) => {
    const provider = builtIn('meta')
    const { url } = wire(provider.longLivedRequest!(refreshInput(provider)))
    assert.match(url, /oauth\/access_token\?grant_type=fb_exchange_token&.*fb_exchange_token=rt1$/)
  })

  test('instagram: the token of a consent is traded with the secret, and refreshed without', ({ assert }) => {
    const provider = builtIn('instagram')
    const { method, url } = wire(provider.longLivedRequest!(refreshInput(provider)))
    assert.equal(method, 'GET')
    assert.equal(
      url,
      'https://graph.instagram.com/access_token?grant_type=ig_exchange_token&client_secret=s%2Fcret&access_token=rt1'
    )
    assert.notInclude(wire(provider.refreshRequest!(refreshInput(provider))).url, 'cret')
    assert.equal(provider.refresh.minimumAge, 86_400_000)
  })
})

test.group('Provider dialects: pages of a Facebook login', () => {
  const provider = builtIn('meta')
  const slot = provider.children!

  test('are asked for page by page, with the token in the header', ({ assert }) => {
    const first = wire(slot.request({ ...accountInput(provider), after: null }))
    assert.deepEqual(first, {
      method: 'GET',
      url: 'https://graph.facebook.com/v26.0/me/accounts?fields=id%2Cname%2Cpicture%2Caccess_token&limit=100',
      authorization: 'Bearer at1',
    })
    const second = wire(slot.request({ ...accountInput(provider), after: 'c1' }))
    assert.equal(second.url, `${first.url}&after=c1`)
  })

  test('are read with their tokens, and without where the answer gives none', ({ assert }) => {
    const page = { id: '10', name: 'My Page', access_token: 'EAAp' }
    const { accounts, next } = slot.read({
      data: [page, { id: '11', name: 'Other' }, 'nonsense'],
      paging: { cursors: { after: 'c1' }, next: 'https://graph.facebook.com/…' },
    })
    assert.deepEqual(
      accounts.map(({ id, displayName, accessToken }) => [id, displayName, accessToken?.reveal() ?? null]),
      [
        ['10', 'My Page', 'EAAp'],
        ['11', 'Other', null],
      ]
    )
    assert.equal(next, 'c1')
    assert.isNull(slot.read({ data: [page], paging: { cursors: { after: 'c2' } } }).next)
  })

  test('an answer of another shape is refused, not taken for "no pages"', ({ assert }) => {
    assert.throws(() => slot.read({}))
  })

  test('have a definition of their own, which cannot refresh and shares the client', ({ assert }) => {
    const page = builtIn(slot.provider)
    assert.equal(page.gate, provider.gate)
    assert.isFalse(page.refresh.supported)
    assert.isNull(page.refresh.assumedLifetime)
  })

  test('the version of the Graph API is part of every address', ({ assert }) => {
    for (const { server, validation, profile } of [provider, builtIn('meta_page')]) {
      for (const url of [...Object.values(server), validation!.url, profile!.url]) {
        assert.include(url, '/v26.0/')
      }
    }
  })
})

test.group("Provider dialects: Slack's two chains", () => {
  const { alsoGranted } = builtIn('slack')
  const first = {
    ok: true,
    access_token: 'xoxe.xoxb-1',
    team: { id: 'T1', name: 'Team' },
    authed_user: {
      id: 'U2',
      scope: 'users:read',
      access_token: 'xoxe.xoxp-1',
      refresh_token: 'xoxe-1',
      expires_in: 43_200,
    },
  }

  test('the token of the person is a grant of its own', ({ assert }) => {
    const [grant, ...others] = alsoGranted!(first) as [FurtherGrant]
    assert.lengthOf(others, 0)
    assert.containSubset(grant, {
      provider: 'slack_user',
      account: { id: 'T1:U2' },
      body: { access_token: 'xoxe.xoxp-1', refresh_token: 'xoxe-1', expires_in: 43_200 },
    })
    assert.equal(builtIn(grant.provider).gate, 'slack')
  })

  test('a person who granted nothing brings no grant', ({ assert }) => {
    assert.deepEqual(alsoGranted!({ ...first, authed_user: { id: 'U2' } }), [])
    assert.deepEqual(alsoGranted!({ ...first, authed_user: undefined }), [])
  })
})
