import { uuid } from '#models/uuid'
import type { Value } from '#store/driver'
import type { EngineFixture } from '#tests/helpers/engine_fixture'

/** The organization of `EngineFixture.connect`. */
export const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'

const INSTANTS = /_(at|until|for)$/

/** Adds a row to any table; columns that end in `_at`, `_until` or `_for` are instants. */
export async function insert(
  fixture: EngineFixture,
  table: string,
  values: Record<string, Value>
): Promise<string> {
  const row: Record<string, Value> = { id: uuid(fixture.clock.now()), ...values }
  const names = Object.keys(row)
  const marks = names.map((name) => (INSTANTS.test(name) ? '?t' : '?'))
  await fixture.run(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks.join(', ')})`,
    Object.values(row)
  )
  return row.id as string
}

/** Adds an entry to the refresh log of a connection: a scheduled refresh that went well in 100 ms, unless told. */
export function logged(
  fixture: EngineFixture,
  connectionId: string,
  at: number,
  values: Record<string, Value> = {}
) {
  return insert(fixture, 'refresh_attempts', {
    organization_id: ORGANIZATION,
    connection_id: connectionId,
    provider: 'acme',
    kind: 'scheduled',
    outcome: 'success',
    duration_ms: 100,
    created_at: at,
    ...values,
  })
}

/** Adds a run that took this long, in milliseconds. */
export function ended(fixture: EngineFixture, at: number, took: number, values: Record<string, Value> = {}) {
  return insert(fixture, 'runs', {
    organization_id: ORGANIZATION,
    job: 'daily',
    kind: 'scheduled',
    trigger: 'schedule',
    state: 'finished',
    created_at: at,
    started_at: at,
    finished_at: at + took,
    ...values,
  })
}

/** Adds many entries at once, one second apart and ending at `until`; every 50th failed, every 40th by hand. */
export async function fill(
  fixture: EngineFixture,
  dialect: string,
  connectionId: string,
  count: number,
  until: number
) {
  const series =
    dialect === 'sqlite'
      ? 'WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < CAST(? AS INTEGER))'
      : 'WITH s(n) AS (SELECT generate_series(1, CAST(? AS INTEGER)))'
  const at =
    dialect === 'sqlite'
      ? 'CAST(? AS INTEGER) - n * 1000'
      : 'to_timestamp((CAST(? AS float8) - n * 1000) / 1000)'
  const id = dialect === 'sqlite' ? 'lower(hex(randomblob(16)))' : 'gen_random_uuid()'
  await fixture.run(
    `INSERT INTO refresh_attempts (id, organization_id, connection_id, provider, kind, outcome, duration_ms, created_at)
     ${series} SELECT ${id}, '${ORGANIZATION}', '${connectionId}', CASE WHEN n % 100 = 0 THEN 'other' ELSE 'acme' END,
       CASE WHEN n % 40 = 0 THEN 'manual' ELSE 'scheduled' END,
       CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'success' END, n % 1000, ${at} FROM s`,
    [count, until]
  )
}
