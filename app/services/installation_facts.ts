import { run, type StoreDriver } from '#store/driver'

/** What the installation remembers about itself; one of each kind. */
export type FactName = 'backup_check' | 'latest_release'

const NOTE = `INSERT INTO installation_facts (name, noted_at, fact) VALUES (?, ?t, ?)
  ON CONFLICT (name) DO UPDATE SET noted_at = excluded.noted_at, fact = excluded.fact`
const CLAIM = `INSERT INTO installation_facts (name, noted_at, fact) VALUES (?, ?t, '{}')
  ON CONFLICT (name) DO UPDATE SET noted_at = excluded.noted_at WHERE installation_facts.noted_at <= ?t`
const READ = 'SELECT noted_at, fact FROM installation_facts WHERE name = ?'

/** Remembers a fact in place of the one before. `at` is an instant in milliseconds. */
export async function noteFact(driver: StoreDriver, name: FactName, at: number, fact: object): Promise<void> {
  await driver.transaction(() => run(NOTE, [name, at, JSON.stringify(fact)]))
}

/**
 * For what may be looked for only so often: true for one caller where nothing was noted after `since`. The fact stays what
 * it was, and counts as noted now. Instants in milliseconds.
 */
export async function claimFact(
  driver: StoreDriver,
  name: FactName,
  now: number,
  since: number
): Promise<boolean> {
  return (await driver.transaction(() => run(CLAIM, [name, now, since]))) > 0
}

/** What was noted last, and when; null where nothing was. The caller says what the fact looks like. */
export async function readFact<T>(
  driver: StoreDriver,
  name: FactName
): Promise<{ at: number; fact: T } | null> {
  const [row] = await driver.read(READ, [name])
  if (!row) return null
  const fact = typeof row.fact === 'string' ? JSON.parse(row.fact) : row.fact
  return { at: Number(row.noted_at), fact: fact as T }
}
