import { test } from '@japa/runner'
import { accountRequest, profileEndpoint, readAccount } from '#oauth/account'
import { Secret } from '#oauth/secret'
import { revocationRequest } from '#oauth/token_endpoint'
import type { AccountEndpoint, AccountResult } from '#oauth/types'
import type { Place } from '#simulator/types'
import type { Connected, ContractFixture } from '#tests/helpers/contract_fixture'
import { failuresAt, onFreshGround, type Subject } from '#tests/helpers/contract/subject'

/** What the vendor's account endpoints say, and that it ends tokens when it is asked to. */
export function accountRules(subject: Subject): void {
  const { provider, dialect } = subject
  const endpoints: [Place, AccountEndpoint | null][] = [
    ['validation', provider.validation],
    ['profile', profileEndpoint(provider, provider.server)],
  ]
  for (const [place, endpoint] of endpoints) {
    if (endpoint) endpointRules(subject, place, endpoint)
  }
  if (endpoints.some(([, endpoint]) => endpoint)) verificationRules(subject)
  if (!dialect.doors.some(({ does, unverified }) => does === 'revoke' && !unverified)) return
  test(`${provider.id}: a revocation is accepted and ends the token`, (context) =>
    onFreshGround(context, async (fixture) => {
      const { access, refresh } = await granted(fixture, subject)
      const useful = refresh && provider.refresh.supported ? refresh : access
      const token = provider.revokes === 'access_token' ? access : useful
      const request = revocationRequest(
        { provider, token: new Secret(token.value), hint: `${token.kind}_token`, config: {}, metadata: {} },
        provider.server
      )
      context.assert.isNotNull(request, 'the vendor revokes, the definition does not')
      if (!request) return
      const exchange = await fixture.engine.transport.send(request, { deadline: 5_000, allowPrivate: false })
      context.assert.isTrue(exchange.ok && exchange.status < 300, JSON.stringify(exchange))
      context.assert.isFalse(token.live)
    }))
}

function endpointRules(subject: Subject, place: Place, endpoint: AccountEndpoint): void {
  const { provider } = subject
  test(`${provider.id}: a good access token passes ${place}`, (context) =>
    onFreshGround(context, async (fixture) => {
      const { access, account } = await granted(fixture, subject)
      const result = await ask(fixture, subject, endpoint, access.value)
      context.assert.isTrue(result.ok, JSON.stringify(result))
      if (!result.ok || (place === 'validation' && result.account === null)) return
      context.assert.include(result.account?.id, account.id)
      if (place === 'validation') return
      const names = [result.account?.username, result.account?.displayName]
      context.assert.isTrue(
        names.some((name) => name?.toLowerCase().includes(account.name.toLowerCase().split(/[ .]/)[0])),
        `the profile names ${names.join(', ')}`
      )
    }))
  test(`${provider.id}: an access token that has ended fails ${place}`, (context) =>
    onFreshGround(context, async (fixture) => {
      const { access, account } = await granted(fixture, subject)
      account.revoke()
      const result = await ask(fixture, subject, endpoint, access.value)
      context.assert.equal(result.ok ? 'ok' : result.failure.class, 'rejected', JSON.stringify(result))
    }))
  for (const failure of failuresAt(subject, place)) {
    const note = failure.unverified ? ', unverified' : ''
    test(`${provider.id}: ${place} says ${failure.class} [${failure.name}${note}]`, (context) =>
      onFreshGround(context, async (fixture) => {
        const { access, account } = await granted(fixture, subject)
        account.say(failure.name)
        const result = await ask(fixture, subject, endpoint, access.value)
        context.assert.equal(result.ok ? 'ok' : result.failure.class, failure.class, JSON.stringify(result))
        if (result.ok || failure.class !== 'rate_limited') return
        const now = fixture.clock.now()
        const wait = typeof failure.wait === 'function' ? failure.wait(now) : (failure.wait ?? null)
        context.assert.equal(result.failure.retryAfter, wait)
      }))
  }
}

/** The same answers, on the way that ends in the row. */
function verificationRules(subject: Subject): void {
  const { provider } = subject
  test(`${provider.id}: a verification finds a good account valid and writes its name down`, (context) =>
    onFreshGround(context, async (fixture) => {
      const { id } = await fixture.connect(provider, 0)
      const found = await fixture.engine.verification.verify(id, { profile: true })
      context.assert.deepInclude(found, { state: 'valid', reason: 'valid' })
      const { username, display_name: name, status } = await fixture.row(id)
      context.assert.equal(status, 'connected')
      if (provider.profile) context.assert.isOk(username ?? name)
    }))
  const suspensions = failuresAt(subject, 'validation', 'profile').filter(
    ({ class: meaning }) => meaning === 'suspended'
  )
  for (const failure of suspensions) {
    test(`${provider.id}: a verification suspends the account in its row [${failure.name}]`, (context) =>
      onFreshGround(context, async (fixture) => {
        const { id, account, access } = await fixture.connect(provider, 0)
        account.say(failure.name)
        const found = await fixture.engine.verification.verify(id, { profile: true })
        context.assert.deepInclude(found, { state: 'suspended' })
        const suspended = { status: 'suspended', is_suspended: 1, is_active: 0 }
        context.assert.deepInclude(await fixture.row(id), suspended)
        context.assert.equal(await fixture.stored(id, 'access_token'), access.value)
      }))
  }
}

/** A grant of this minute, as account endpoints want them. */
async function granted(
  fixture: ContractFixture,
  { provider, dialect }: Subject
): Promise<Omit<Connected, 'id'>> {
  const vendor = fixture.simulator.vendor(dialect.id)
  const id = dialect.account?.id ?? '1001'
  const { access, refresh } = vendor.grant(id)
  const account = vendor.account(id)
  if (!provider.refresh.supported) account.traits.static = 'yes'
  return { account, access, refresh }
}

async function ask(
  { engine }: ContractFixture,
  { provider }: Subject,
  endpoint: AccountEndpoint,
  token: string
): Promise<AccountResult> {
  const accessToken = new Secret(token)
  const request = accountRequest(endpoint, {
    provider,
    accessToken,
    accountId: null,
    config: {},
    metadata: {},
  })
  const exchange = await engine.transport.send(request, { deadline: 5_000, allowPrivate: false })
  return readAccount(provider, endpoint, exchange, [accessToken])
}
