/**
 * What every provider definition owes its vendor: one table of named answers, written from the vendors' pages and spoken
 * by the simulator, against the real path from the claim to the row. A definition without a dialect, and a dialect
 * without the answers that every vendor has, fail here.
 */
import { test } from '@japa/runner'
import { DIALECTS } from '#simulator/dialects/index'
import type { Dialect } from '#simulator/types'
import { contractProviders } from '#tests/helpers/contract_fixture'
import { accountRules } from '#tests/helpers/contract/account_rules'
import { connectRules } from '#tests/helpers/contract/connect_rules'
import { failureRules } from '#tests/helpers/contract/failure_rules'
import { successRules } from '#tests/helpers/contract/success_rules'

const providers = contractProviders().all()
const dialectOf = (id: string) => DIALECTS.find(({ serves }) => serves.includes(id))

test.group('Provider contract', () => {
  for (const provider of providers) {
    test(`${provider.id}: the simulator speaks its dialect`, ({ assert }) => {
      assert.exists(
        dialectOf(provider.id),
        `add ${provider.id} to the serves of a dialect in simulator/dialects`
      )
    })
  }

  for (const dialect of DIALECTS) {
    test(`${dialect.id}: has an answer for every case, each under a name of its own`, ({ assert }) => {
      const names = dialect.failures.map(({ name }) => name)
      assert.deepEqual(names, [...new Set(names)])
      assert.deepEqual(missingCases(dialect), [])
    })
  }
})

for (const provider of providers) {
  const dialect = dialectOf(provider.id)
  if (!dialect) continue
  test.group(`Provider contract | ${provider.id}`, (group) => {
    group.each.timeout(20_000)
    const subject = { provider, dialect }
    if (provider.refresh.supported) {
      successRules(subject)
      failureRules(subject)
    }
    accountRules(subject)
    if (provider.server.authorization_endpoint) connectRules(subject)
  })
}

/** What each vendor must have an answer for, as `case at place`. */
function missingCases({ failures, doors, tokens }: Dialect): string[] {
  const has = (kind: string, place: string) =>
    failures.some((failure) => failure.case === kind && failure.at.some((at) => at === place))
  const refreshed = tokens.presents === 'nothing' ? [] : ['dead', 'configuration', 'rate_limited']
  const places = doors.flatMap(({ does, place }) => (does === 'account' && place ? [place] : []))
  return [
    ...refreshed.filter((kind) => !has(kind, 'token')),
    ...places.filter((place) => !has('token_refused', place)).map((place) => `token_refused at ${place}`),
  ]
}
