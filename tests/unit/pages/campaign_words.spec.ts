/** The pages say in English what programs and commands read: one sentence, written down twice. */
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { refusal, type RefusalCode } from '#services/campaigns/refusals'
import { refused, refusedBecause } from '#services/campaigns/window_words'
import { unhealthy } from '#services/campaigns/session_rules'
import { adviceOn } from '#services/verification/advice'
import { refusalWords, TROUBLES, troubleWords, windowWords } from '#transformers/campaign_words'

const manager = await app.container.make('i18n')
const english = manager.locale('en')
const t = english.t.bind(english)

const keysUnder = (prefix: string) =>
  Object.keys(manager.getTranslationsFor('en'))
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))

/** Words of the pages alone. */
const PAGES_ONLY = new Set(['look', 'forbidden'])

test.group('Words of campaigns', () => {
  test('every refusal reads alike on pages and elsewhere', ({ assert }) => {
    const codes = keysUnder('campaigns.refusals.').filter((code) => !PAGES_ONLY.has(code))
    assert.isAbove(codes.length, 10)
    for (const code of codes as RefusalCode[])
      assert.equal(refusalWords(code, t), refusal('invalid', code).message)
  })

  test('every reason of a window reads alike, with what helps', ({ assert }) => {
    for (const reason of keysUnder('campaigns.windows.why.')) {
      const { why, advice, ...rest } = refused(reason, 'c1')
      assert.deepEqual(windowWords({ why, advice, ...rest }, t), { message: why, advice })
    }
    const gone = refusedBecause(refusal('not_found', 'not_found'))
    assert.deepEqual(windowWords(gone, t), { message: gone.why, advice: gone.advice })
  })

  test('every trouble of a member reads alike, unknown ones too', ({ assert }) => {
    for (const reason of [...TROUBLES, '__proto__']) {
      const { why, advice } = unhealthy({ connectionId: 'c1' } as never, reason)
      assert.deepEqual(troubleWords({ reason, advice }, t), { why, advice })
    }
  })

  test('what a provider itself asks of a person stays in its words', ({ assert }) => {
    const { action } = adviceOn({ reason: 'locked', instruction: 'Sign in at example.com.' })
    const french = manager.locale('fr')
    const words = troubleWords({ reason: 'locked', advice: action }, french.t.bind(french))
    assert.equal(words.advice, 'Sign in at example.com.')
    assert.equal(words.why, 'Le fournisseur attend une action de la personne.')
  })
})
