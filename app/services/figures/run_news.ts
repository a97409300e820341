import { uuid } from '#models/uuid'
import * as sql from '#services/figures/alerts_sql'
import { now, run, type Row, type StoreDriver, type Work } from '#store/driver'

const DAY = 24 * 60 * 60_000

/**
 * Tells of the runs of the last day that broke off, and of those that failed for as many of their accounts as some rule
 * of the organization names; each once, however many processes look. Returns how many were told.
 */
export async function tellOfRuns(driver: StoreDriver, at: number): Promise<number> {
  const broken = await driver.read(sql.FAILED_RUNS, [at - DAY])
  const failing = await driver.read(sql.FAILING_RUNS, [at - DAY])
  if (broken.length + failing.length === 0) return 0
  return driver.transaction(function* (): Work<number> {
    let told = 0
    for (const row of broken)
      told += yield* tell('run.failed', row, { run: row.id, job: row.job, error: row.error })
    for (const row of failing) {
      const [failed, accounts] = [Number(row.failed), Number(row.accounts)]
      told += yield* tell('run.accounts_failed', row, { run: row.id, job: row.job, failed, accounts })
    }
    return told
  })
}

function* tell(
  name: string,
  { id, organization_id: organization }: Row,
  data: Record<string, unknown>
): Work<number> {
  const at = yield* now()
  const event = [uuid(at), organization as string, name, 'high', JSON.stringify(data)]
  return yield* run(sql.TELL, [...event, `${name}:${id as string}`, at])
}
