import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { Provider } from '#oauth/types'
import { Secret } from '#oauth/secret'
import { builtInProviders } from '#oauth/providers/built_in'
import { providerEntryCard, type ProviderState } from '#transformers/provider_entry_card'
import { maskedClientId, policyWords } from '#transformers/provider_words'
import { quirkWords } from '#transformers/quirk_words'
import { timeWords } from '#transformers/time_words'
import { aProvider } from '#tests/helpers/refresh_fixtures'

const words = timeWords('en')
const i18n = (await app.container.make('i18n')).locale('en')
const t = i18n.t.bind(i18n)
const voice = { t, words, locale: 'en' }

const STATE: ProviderState = {
  look: { name: 'Acme', icon: null },
  parent: null,
  redirectUri: 'https://evergrant.example/connect/acme/callback',
  accounts: {},
  gate: null,
  added: null,
  figure: null,
  incidents: [],
  test: null,
}
const card = (provider: Provider, state: Partial<ProviderState> = {}) =>
  providerEntryCard(provider, { ...STATE, ...state }, voice)

test.group('The card of a provider', () => {
  test('leads from each condition of its accounts to the list of them', ({ assert }) => {
    const { accounts } = card(aProvider(), { accounts: { healthy: 3, reconnect: 1 } })
    assert.equal(accounts.label, '4 accounts at Acme')
    assert.deepEqual(
      accounts.parts.map(({ label, href, from, width }) => [label, href, from, width]),
      [
        ['Reconnect needed: 1', '/accounts?provider=acme&status=reconnect', 0, 25],
        ['Healthy: 3', '/accounts?provider=acme&status=healthy', 25, 75],
      ]
    )
  })

  test('tells a limit of a moment from a pause, and a missing client from both', ({ assert }) => {
    const at = { errorCode: 'slow_down', until: 1 }
    const label = (reason: string) => card(aProvider(), { gate: { ...at, reason } }).state.label
    assert.equal(label('rate_limited'), 'Rate limited')
    assert.equal(label('configuration'), 'Paused')
    assert.equal(card(aProvider()).state.label, 'Ready')
    assert.equal(card(aProvider({ client: null })).state.label, 'Not configured')
  })

  test('says what a day leaves free of the rate limit', ({ assert }) => {
    const busy = aProvider({ rateLimit: { perSecond: 2, concurrency: 4 } })
    const figure = { attempts: 43_200 } as never
    assert.equal(card(busy, { figure }).limit, '2 per second, 4 at a time; 75 % free on average of 24 h')
    assert.equal(card(aProvider()).limit, 'No limit set')
  })
})

test.group('The quirks of providers', () => {
  test('each one that comes with the application is said in all languages, as its definition says it', ({
    assert,
  }) => {
    const sentences = builtInProviders().flatMap(({ quirks }) => quirks)
    assert.isAbove(sentences.length, 60)
    for (const [place, { text, lang }] of quirkWords(sentences, i18n).entries()) {
      assert.deepEqual([text.replaceAll('’', "'"), lang], [sentences[place].replaceAll('’', "'"), null])
    }
  })

  test('what no catalogue knows stays as it is, and says in which language that is', ({ assert }) => {
    assert.deepEqual(quirkWords(['Odd on Mondays.'], i18n), [{ text: 'Odd on Mondays.', lang: 'en' }])
  })
})

test.group('The rules of a provider in words', () => {
  test('say from when on the life of a grant is counted', ({ assert }) => {
    const rules = (grantLifetimeFrom: 'consent' | 'refresh') =>
      policyWords(aProvider({ refresh: { grantLifetime: '180d', grantLifetimeFrom } }), voice)
    assert.include(rules('consent'), 'The grant ends 180 d after the consent.')
    assert.include(rules('refresh'), 'The grant ends 180 d after the last refresh.')
    assert.include(policyWords(aProvider(), voice), 'No end of the grant is known.')
  })

  test('say when a cycle of its own runs as a person would', ({ assert }) => {
    const rules = policyWords(aProvider({ schedule: ['0 0,7 * * *', '30 3 * * *'] }), voice)
    assert.include(rules, 'They have a cycle of their own (UTC): At 00:00 and 07:00 · At 03:30')
  })

  test('a client id is shown as far as one needs to recognize it', ({ assert }) => {
    assert.equal(maskedClientId('abcd-a-long-client-wxyz'), 'abcd…wxyz')
    assert.equal(maskedClientId('short'), '••••')
  })

  test('no card holds a secret', ({ assert }) => {
    const provider = aProvider({ client: { client_id: 'client', client_secret: new Secret('s3cret-value') } })
    assert.notInclude(JSON.stringify(card(provider)), 's3cret-value')
  })
})
