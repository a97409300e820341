import { CONDITIONS, type Condition, type DemoScript } from '#database/demo/demo_script'
import { pick } from '#database/demo/random'
import { DAY } from '#database/demo/times'
import type { Random } from '#oauth/types'

/** An account of the demo before anything is stored. */
export interface CastAccount {
  provider: string
  accountId: string
  owner: string
  username: string
  displayName: string
  tags: string[]
  condition: Condition
  /** How long ago its person consented, in milliseconds. */
  age: number
}

const OLDEST = 175 * DAY

/**
 * The accounts of one organization of the script: each person has some at several providers. Most were connected not long
 * ago, some months ago. The same chance deals the same.
 */
export function castAccounts(script: DemoScript, organization: number, random: Random): CastAccount[] {
  let dealt = organization * 7
  return Object.entries(script.accounts[organization]).flatMap(([provider, counts]) => {
    const conditions = CONDITIONS.flatMap((condition) =>
      condition === 'healthy' ? [] : Array<Condition>(counts[condition] ?? 0).fill(condition)
    )
    return Array.from({ length: counts.count }, (_, index): CastAccount => {
      const [displayName, username] = script.people[dealt++ % script.people.length].split('|')
      const [, round] = [dealt, Math.floor((dealt - 1) / script.people.length)]
      // Those in trouble stand between the others, not in front of them.
      const condition = conditions[counts.count - 1 - index] ?? 'healthy'
      return {
        provider,
        accountId: String(100_000 + dealt * 7919 + organization * 5),
        owner: username.replace('.', '-'),
        username: round === 0 ? username : `${username}.${provider.slice(0, 2)}${round}`,
        displayName,
        tags: random() < 0.4 ? [pick(random, script.tags)] : [],
        condition,
        age: DAY + OLDEST * random() ** 4,
      }
    })
  })
}
