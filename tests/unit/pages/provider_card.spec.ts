import { test } from '@japa/runner'
import type { Provider } from '#oauth/types'
import { providerEntryCard } from '#transformers/provider_entry_card'
import { aProvider } from '#tests/helpers/refresh_fixtures'

const card = (provider: Provider) =>
  providerEntryCard(provider, {
    look: { name: provider.name, icon: null },
    redirectUri: 'https://evergrant.example/connect/acme/callback',
    accounts: 0,
    paused: '',
    added: null,
  })

test.group('The card of a provider', () => {
  test('says from when on the life of a grant is counted', ({ assert }) => {
    const ends = (grantLifetimeFrom: 'consent' | 'refresh') =>
      card(aProvider({ refresh: { grantLifetime: '180d', grantLifetimeFrom } })).deadline
    assert.equal(ends('consent'), '180 d after the consent')
    assert.equal(ends('refresh'), '180 d after the last refresh')
    assert.isNull(card(aProvider()).deadline)
  })
})
