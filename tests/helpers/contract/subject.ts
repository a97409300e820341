import type { TestContext } from '@japa/runner/core'
import type { Provider } from '#oauth/types'
import type { Dialect } from '#simulator/types'
import { contractFixture, type ContractFixture } from '#tests/helpers/contract_fixture'

/** A definition, and the vendor that it must get along with. */
export interface Subject {
  provider: Provider
  dialect: Dialect
}

/**
 * Runs a rule on a fresh engine and vendor. Whatever the rule says, a request that the vendor would refuse for its
 * shape alone is a fault of the definition.
 */
export async function onFreshGround(
  { assert, cleanup }: TestContext,
  rule: (fixture: ContractFixture) => Promise<void>
): Promise<void> {
  const fixture = await contractFixture((work) => cleanup(work))
  await rule(fixture)
  const wrong = fixture.simulator.log.misshapen.map(
    ({ method, url, verdict }) => `${method} ${url}: ${verdict}`
  )
  assert.deepEqual(wrong, [])
}

/** The answers of a dialect that this definition meets at the places named. */
export function failuresAt({ provider, dialect }: Subject, ...places: readonly string[]) {
  return dialect.failures.filter(
    ({ at, providers }) =>
      at.some((place) => places.includes(place)) && (providers?.includes(provider.id) ?? true)
  )
}
