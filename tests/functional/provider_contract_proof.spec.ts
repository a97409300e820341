/**
 * The proof that the contract can be broken: definitions with one fact wrong, and what the simulator makes of each.
 */
import { test } from '@japa/runner'
import { defineProvider, type ProviderInput } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { contractFixture, contractProviders } from '#tests/helpers/contract_fixture'

interface Wrong {
  provider: string
  what: string
  change: Partial<ProviderInput>
  /** What the vendor is told to say. */
  says: string
  /** What comes of it, where the definition is right. */
  right: string
}

const WRONG: Wrong[] = [
  { provider: 'twitch', what: 'no failure rules', change: { failures: [] }, says: 'dead', right: 'rejected' },
  { provider: 'x', what: 'no failure rules', change: { failures: [] }, says: 'dead', right: 'rejected' },
  {
    provider: 'x',
    what: 'the client in the body',
    change: { clientAuth: 'client_secret_post' },
    says: 'success',
    right: 'refreshed',
  },
  {
    provider: 'spotify',
    what: 'the client in the body',
    change: { clientAuth: 'client_secret_post' },
    says: 'success',
    right: 'refreshed',
  },
  {
    provider: 'discord',
    what: 'JSON bodies',
    change: { bodyFormat: 'json' },
    says: 'success',
    right: 'refreshed',
  },
  { provider: 'google', what: 'no failure rules', change: { failures: [] }, says: 'locked', right: 'locked' },
  { provider: 'github', what: 'no failure rules', change: { failures: [] }, says: 'locked', right: 'locked' },
  { provider: 'meta', what: 'no failure rules', change: { failures: [] }, says: 'dead', right: 'rejected' },
  {
    provider: 'linkedin',
    what: 'no failure rules',
    change: { failures: [] },
    says: 'dead',
    right: 'rejected',
  },
  {
    provider: 'reddit',
    what: 'the User-Agent of a library',
    change: { tokenHeaders: { 'user-agent': 'undici' } },
    says: 'success',
    right: 'refreshed',
  },
  {
    provider: 'slack',
    what: 'no failure rules',
    change: { failures: [] },
    says: 'suspended',
    right: 'suspended',
  },
  { provider: 'notion', what: 'forms', change: { bodyFormat: 'form' }, says: 'success', right: 'refreshed' },
  {
    provider: 'notion',
    what: 'no version header',
    change: { tokenHeaders: {} },
    says: 'success',
    right: 'refreshed',
  },
]

test.group('Provider contract | proof', (group) => {
  group.each.timeout(20_000)

  for (const { provider: id, what, change, says, right } of WRONG) {
    test(`notices ${id} with ${what}`, async ({ assert, cleanup }) => {
      const correct = contractProviders().get(id)
      const wrong = defineProvider({ ...correct, ...change })
      for (const [provider, expected] of [
        [correct, true],
        [wrong, false],
      ] as const) {
        const providers = new ProviderRegistry([provider])
        const fixture = await contractFixture((work) => cleanup(work), { providers })
        const { id: connection, account } = await fixture.connect(provider)
        account.say(says)
        const outcome = await fixture.engine.refresh.refreshOne(connection, { kind: 'manual' })
        assert.equal(outcome.reason === right, expected, `${provider.id}: ${outcome.reason}`)
      }
    })
  }
})
