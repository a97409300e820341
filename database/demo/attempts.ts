import type { StoredAccount } from '#database/demo/accounts'
import { dueOf, durationOf } from '#database/demo/condition_columns'
import type { DemoScript, RefusalWords } from '#database/demo/demo_script'
import { digits } from '#database/demo/random'
import type { Stage } from '#database/demo/stage'
import { DAY, HOUR, MINUTE, SECOND } from '#database/demo/times'
import type { Random } from '#oauth/types'
import { run, type StoreDriver, type Value, type Work } from '#store/driver'
import { timeOrdered } from '#store/time_ordered'
import { effectiveMargin } from '#token_refresh/refresh_schedule'

/** One entry of the refresh log. */
interface Entry {
  at: number
  failure: { class: string; code: string | null; message: string | null; status: number | null } | null
  strike: number
  transition: string | null
  /** The end of the token before and after. */
  ends: [number | null, number | null]
}

const HISTORY = 30 * DAY
const CHUNK = 4_000
/** So many of a thousand refreshes fail at the first try, for reasons that pass. */
const PASSING = 9

const INSERT = `INSERT INTO refresh_attempts (id, organization_id, connection_id, run_id, provider, kind,
    outcome, failure_class, error_code, error_message, http_status, strike, transition, in_doubt, duration_ms,
    old_expires_at, new_expires_at, old_fp, new_fp, worker_id, created_at)
  VALUES (?, ?, ?, NULL, ?, 'scheduled', ?, ?, ?, ?, ?, ?, ?, FALSE, ?, ?t, ?t, ?, ?, NULL, ?t)`
const COUNT_REFRESHES = 'UPDATE connections SET refresh_count = ? WHERE id = ?'

/** Writes what the log says of the last thirty days. Returns how many entries that are. */
export async function writeAttempts(stage: Stage, accounts: readonly StoredAccount[]): Promise<number> {
  const { driver, random, script } = stage
  const rows: Value[][] = []
  const counts: [number, string][] = []
  for (const account of accounts) {
    const refreshes = refreshTimes(account, random)
    const entries = [
      ...refreshes.flatMap((at) => entriesOf(account, at, random, script)),
      ...refusals(account),
    ]
    rows.push(...toRows(account, entries, random))
    const { life, account: cast } = account
    counts.push([life ? Math.max(1, Math.round(cast.age / spacing(account, life))) : 0, account.id])
  }
  await write(driver, INSERT, rows)
  await write(driver, COUNT_REFRESHES, counts)
  return rows.length
}

/** From one refresh to the next where nothing goes wrong. */
function spacing({ provider }: StoredAccount, life: number): number {
  return Math.max(life - effectiveMargin(provider.refresh.margin, life), 4 * MINUTE)
}

/** When the account was refreshed, oldest first; the newest is the one that its row tells of. */
function refreshTimes(account: StoredAccount, random: Random): number[] {
  const { life, columns, now } = account
  if (life === null) return []
  // Tokens of less than an hour would fill the log by themselves.
  const since = now - Math.min(account.account.age, life < HOUR ? HOUR : HISTORY)
  const times: number[] = []
  let at = Number(columns.last_token_refresh_at)
  while (at > since) {
    times.unshift(Math.round(at))
    at -= spacing(account, life) * (0.97 + 0.03 * random())
  }
  return times
}

/** A refresh, and now and then a try before it that failed. */
function entriesOf(account: StoredAccount, at: number, random: Random, script: DemoScript): Entry[] {
  const life = account.life ?? 0
  const old = at + effectiveMargin(account.provider.refresh.margin, life)
  const renewed = { at, failure: null, strike: 0, transition: null, ends: [old, at + life] } satisfies Entry
  const { provider, began_days_ago: days, hours } = script.outage
  const began = account.now - days * DAY
  const isOut = account.provider.id === provider && at > began && at < began + hours * HOUR
  if (!isOut && random() * 1_000 >= PASSING) return [renewed]
  const failed = { ...renewed, ends: [old, null] } satisfies Entry
  const tries = isOut ? 4 : 1
  return [
    ...Array.from({ length: tries }, (_, index) => ({
      ...failed,
      at: at - (tries - index) * 20 * SECOND,
      failure: isOut || random() < 0.6 ? UNAVAILABLE : UNREACHED,
    })),
    renewed,
  ]
}

const UNAVAILABLE = { class: 'unavailable', code: null, message: null, status: 503 }
const UNREACHED = { class: 'not_sent', code: 'ECONNREFUSED', message: null, status: null }

/** The first refusal, and where it was confirmed the second, which gave the account up. */
function refusals(stored: StoredAccount): Entry[] {
  const { account, columns, refusal, suspension, now } = stored
  const expires = columns.token_expires_at as number | null
  const failed = (at: number, strike: number, transition: string, said: Entry['failure']): Entry => {
    return { at, failure: said, strike, transition, ends: [expires, null] }
  }
  if (account.condition === 'retrying') {
    return [failed(Number(columns.token_refresh_failed_at), 1, 'first_strike', rejected(refusal))]
  }
  if (account.condition === 'suspended') {
    const said = { class: 'suspended', code: null, message: suspension, status: 403 }
    return [failed(now - 3 * DAY, 0, 'suspended', said)]
  }
  if (account.condition !== 'reconnect') return []
  const first = dueOf(stored, columns)
  return [
    failed(first, 1, 'first_strike', rejected(refusal)),
    failed(first + 15 * MINUTE, 2, 'deactivated', rejected(refusal)),
  ]
}

function rejected({ code, message, status }: RefusalWords) {
  return { class: 'rejected', code, message, status }
}

/** Each token has a fingerprint; the last one is unknown here, as it is in the row. */
function toRows(account: StoredAccount, entries: readonly Entry[], random: Random): Value[][] {
  const { id, organizationId, provider } = account
  let print = digits(random, 64)
  return entries.map(({ at, failure, strike, transition, ends }) => {
    const old = print
    if (!failure) print = digits(random, 64)
    return [
      ...[timeOrdered(at), organizationId, id, provider.id, failure ? 'failed' : 'success'],
      ...[failure?.class ?? null, failure?.code ?? null, failure?.message ?? null, failure?.status ?? 200],
      ...[strike, transition, durationOf(random), Math.round(ends[0] ?? at)],
      ...[ends[1] === null ? null : Math.round(ends[1]), old, failure ? null : print, Math.round(at)],
    ]
  })
}

/** Runs one statement many times, in transactions that are not too long. */
export async function write(driver: StoreDriver, sql: string, rows: readonly Value[][]): Promise<void> {
  for (let from = 0; from < rows.length; from += CHUNK) {
    await driver.transaction(function* (): Work<void> {
      for (const values of rows.slice(from, from + CHUNK)) yield* run(sql, values)
    })
  }
}
