import type { CastAccount } from '#database/demo/cast'
import {
  conditionColumns,
  lifeColumns,
  refusalOf,
  type Columns,
  type LifeInput,
} from '#database/demo/condition_columns'
import type { Stage } from '#database/demo/stage'
import { DAY, HOUR } from '#database/demo/times'
import type { DemoTokens } from '#database/demo/vendors'
import { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import type { ImportLine } from '#services/import_line'
import { run, type Change, type Work } from '#store/driver'

/** An account as it stands in the database. */
export interface StoredAccount extends LifeInput {
  id: string
  organizationId: string
  columns: Columns
}

type Granted = Pick<CastAccount, 'provider' | 'accountId' | 'username'>

/** Vendors renew no token that is younger than this. */
const LONGEST_MINIMUM = 2 * DAY

/** Connects the accounts at the simulated vendors, stores their grants as an import does, and gives each its condition. */
export async function connectAccounts(
  stage: Stage,
  organizationId: string,
  cast: readonly CastAccount[]
): Promise<StoredAccount[]> {
  const { engine, driver } = stage
  const tokens = await grantAll(stage, cast)
  const lines = cast.map((account, index) =>
    toLine(engine.providers.get(account.provider), account, tokens[index])
  )
  const imported = await engine.connections.importMany(organizationId, lines)
  const seen = new Map<string, number>()
  const stored = cast.map((account, index): StoredAccount => {
    const input = inputFor(stage, account, nextIndex(seen, account.condition))
    const life = lifeColumns(input)
    const named = {
      display_name: account.displayName,
      expiry_source: input.life === null ? 'never' : 'provider',
    }
    const columns = { ...named, ...life, ...conditionColumns(input, life) }
    return { ...input, id: imported[index].connectionId, organizationId, columns }
  })
  await driver.transaction(function* (): Work<void> {
    for (const { id, columns } of stored) {
      const { sql, values } = update(id, columns)
      yield* run(sql, values)
    }
  })
  await troubleVendors(stage, stored)
  return stored
}

/** Those whose vendor renews no young token are granted first, and then the vendors' clock is put forward. */
export async function grantAll({ engine, vendors }: Stage, cast: readonly Granted[]): Promise<DemoTokens[]> {
  const tokens = new Map<Granted, DemoTokens>()
  const grant = async (accounts: readonly Granted[]) => {
    for (const account of accounts)
      tokens.set(account, await vendors.grant(account.provider, account.accountId, account.username))
  }
  const isLate = ({ provider }: Granted) => engine.providers.get(provider).refresh.minimumAge > 0
  await grant(cast.filter(isLate))
  if (cast.some(isLate)) await vendors.advance(LONGEST_MINIMUM)
  await grant(cast.filter((account) => !isLate(account)))
  return cast.map((account) => tokens.get(account) as DemoTokens)
}

function toLine(
  provider: Provider,
  account: CastAccount,
  { access_token, refresh_token }: DemoTokens
): ImportLine {
  const keepsRefresh = account.condition !== 'static' && refresh_token !== null
  return {
    provider: account.provider,
    owner: account.owner,
    providerAccountId: account.accountId,
    username: account.username,
    accessToken: new Secret(access_token),
    refreshToken: keepsRefresh ? new Secret(refresh_token) : null,
    tokenSecret: null,
    tokenType: 'oauth2',
    tokenExpiresAt: null,
    scopes: [...provider.scopes],
    config: {},
    tags: account.tags,
  }
}

function inputFor({ engine, script, random, now }: Stage, account: CastAccount, index: number): LifeInput {
  const provider = engine.providers.get(account.provider)
  const hours = script.lives[account.provider]
  const known = hours === undefined ? provider.refresh.assumedLifetime : hours * HOUR
  const life = account.condition === 'static' ? null : known
  const refusal = refusalOf(script.refusals, account.provider)
  return { account, provider, life, refusal, suspension: script.suspension, index, random, now }
}

function nextIndex(seen: Map<string, number>, key: string): number {
  const index = seen.get(key) ?? 0
  seen.set(key, index + 1)
  return index
}

function update(id: string, columns: Columns): Change {
  const names = Object.keys(columns)
  const assignments = names.map((name) => `${name} = ${name.endsWith('_at') ? '?t' : '?'}`)
  const sql = `UPDATE connections SET ${assignments.join(', ')} WHERE id = ?`
  return { sql, values: [...names.map((name) => columns[name]), id] }
}

/** The vendors refuse whom they are to refuse. Half of those that were refused once were refused by mistake. */
async function troubleVendors({ vendors }: Stage, stored: readonly StoredAccount[]): Promise<void> {
  for (const { account, index } of stored) {
    const { provider, accountId, condition } = account
    const isDead = condition === 'retrying' && index % 2 === 0
    if (condition === 'reconnect' || condition === 'revoked' || isDead)
      await vendors.revoke(provider, accountId)
    if (condition === 'suspended') await vendors.say(provider, accountId, 'suspended')
  }
}
