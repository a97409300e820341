import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { builtInProviders } from '#oauth/providers/built_in'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'
import { accountWhy } from '#transformers/account_why'

const LANGUAGES = ['en', 'fr', 'ja']
const entries = Object.values(KNOWN_ERRORS).flat()
const AT_FAULT = {
  ...{ status: 'needs_reauth', reason: 'rejected', provider: 'Acme', gate: null, firstStrike: false },
  ...{
    inDoubt: false,
    noWindow: false,
    hasRefreshToken: true,
    tokenEnds: true,
    endsSoon: false,
    deadParent: null,
  },
}
const t = (key: string) => key

test.group('What the codes of providers tell', () => {
  test('each entry says in {$self} why, and what a person does')
    .with(LANGUAGES)
    .run(async ({ assert }, language) => {
      const i18n = (await app.container.make('i18n')).locale(language)
      for (const { as } of entries) {
        for (const part of ['cause', 'person']) {
          const text = i18n.t(`account.why.known.${as}.${part}`, { provider: 'Acme' })
          assert.match(text, /[.。]$/, `${as}.${part}`)
          assert.notMatch(text, /[{}]|translation missing/i, `${as}.${part}`)
        }
      }
    })

  test('no words are left of an entry that is gone, and no entry of a definition that is gone', async ({
    assert,
  }) => {
    const keys = Object.keys((await app.container.make('i18n')).getTranslationsFor('en'))
    const told = keys.flatMap((key) => /^account\.why\.known\.(\w+)\.cause$/.exec(key)?.[1] ?? [])
    assert.sameMembers(told, [...new Set(entries.map(({ as }) => as))])
    const used = new Set(builtInProviders().flatMap(({ knownErrors }) => knownErrors.map(({ as }) => as)))
    assert.sameMembers(told, [...used])
  })

  test('it stands in place of the general sentences where a person is needed', ({ assert }) => {
    const known = accountWhy({ ...AT_FAULT, health: 'reconnect', known: 'x_spent' }, t)
    assert.equal(known?.cause, 'account.why.known.x_spent.cause')
    assert.equal(known?.person, 'account.why.known.x_spent.person')
    assert.equal(known?.next, 'account.why.next.nothing')
    const unknown = accountWhy({ ...AT_FAULT, health: 'reconnect', known: null }, t)
    assert.equal(unknown?.cause, 'account.why.cause.dead_rejected')
  })

  test('one refusal proves nothing, so its code is not believed yet', ({ assert }) => {
    const why = accountWhy({ ...AT_FAULT, health: 'retrying', known: 'x_spent', firstStrike: true }, t)
    assert.equal(why?.cause, 'account.why.cause.retry_rejected')
    assert.isNull(why?.person)
  })

  test('the code that closed a provider’s gate tells what to mend', ({ assert }) => {
    const gate = { reason: 'configuration', errorCode: 'deleted_client', until: null }
    const why = accountWhy({ ...AT_FAULT, health: 'retrying', gate, known: 'google_client_deleted' }, t)
    assert.equal(why?.person, 'account.why.known.google_client_deleted.person')
    const busy = { ...gate, reason: 'rate_limited' }
    const waiting = accountWhy({ ...AT_FAULT, health: 'retrying', gate: busy, known: null }, t)
    assert.equal(waiting?.cause, 'account.why.cause.gate_rate_limited')
  })
})
