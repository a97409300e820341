import { all, now, type StoreDriver, type Value, type Work } from '#store/driver'

/** Which connections of an organization a run verifies. */
export interface VerificationSelection {
  organizationId: string
  /** These and no others; a paused one among them is told as untested. */
  ids?: readonly string[]
  provider?: string
  /** Leaves out what was refreshed after this moment (X3's lighter daily check). */
  notRefreshedSince?: number
  /** Only what is in use at these providers at this moment; `windowed` as in `DueValidations`. */
  inUse?: { at: number; providers: readonly Pick<DueValidations, 'provider' | 'windowed'>[] }
}

/** Connections whose regular validation is due. */
export interface DueValidations {
  provider: string
  /** Validated before this moment, or never. */
  before: number
  /** Whether it counts only while an authorization window is open, where a connection does not say otherwise. */
  windowed: boolean
  limit: number
  /** A claim lasts so long; then another process may try again. */
  lease: number
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const PAGE = 500

/** Finds the connections that are to be verified: for runs in pages by id, for the regular validation by claims. */
export class VerificationSelector {
  constructor(private readonly driver: StoreDriver) {}

  /** Suspended accounts are among them, which is how they come back; paused and disconnected ones are not. */
  async *ids(selection: VerificationSelection): AsyncGenerator<string> {
    const { where, values } = conditionOf(selection)
    for (let after: string | null = null; ;) {
      const since: string = after === null ? '' : ' AND id > ?'
      const sql = `SELECT id FROM connections WHERE ${where}${since} ORDER BY id LIMIT ${PAGE}`
      const rows = await this.driver.read(sql, after === null ? values : [...values, after])
      for (const { id } of rows) yield id as string
      if (rows.length < PAGE) return
      after = rows[rows.length - 1].id as string
    }
  }

  async count(selection: VerificationSelection): Promise<number> {
    const { where, values } = conditionOf(selection)
    const [row] = await this.driver.read(`SELECT count(*) AS total FROM connections WHERE ${where}`, values)
    return Number(row.total)
  }

  /** The ones among these ids that the organization has, in their stored form. */
  async known(organizationId: string, ids: readonly string[]): Promise<Set<string>> {
    const { where, values } = conditionOf({ organizationId, ids })
    const rows = await this.driver.read(`SELECT id FROM connections WHERE ${where}`, values)
    return new Set(rows.map(({ id }) => id as string))
  }

  /**
   * Claims connections whose validation is due, in one statement that tests and sets `next_validation_at`: whoever
   * claims a connection is the only one to validate it, and one that is not validated after all is due again when the
   * claim ends. A copy of another database claims none.
   */
  claimDue({ provider, before, windowed, limit, lease }: DueValidations): Promise<string[]> {
    const sql = claimDue(this.driver.dialect, windowed)
    return this.driver.transaction(function* (): Work<string[]> {
      const at = yield* now()
      const rows = yield* all(sql, [provider, before, at, at, limit, at + lease])
      return rows.map(({ id }) => id as string)
    })
  }

  /** Claims tokens that nothing can refresh and that were refused once: T5's second look, when it is due. */
  claimRetries(limit: number, lease: number): Promise<string[]> {
    const sql = claimRetries(this.driver.dialect)
    return this.driver.transaction(function* (): Work<string[]> {
      const at = yield* now()
      const rows = yield* all(sql, [at, limit, at + lease])
      return rows.map(({ id }) => id as string)
    })
  }
}

function conditionOf(selection: VerificationSelection) {
  const { organizationId, ids, provider, notRefreshedSince, inUse } = selection
  const values: Value[] = [organizationId]
  let where = 'organization_id = ?'
  if (ids) {
    const wellFormed = ids.filter((id) => UUID.test(id)).map((id) => id.toLowerCase())
    where += wellFormed.length > 0 ? ` AND id IN (${marks(wellFormed.length)})` : ' AND 1 = 0'
    values.push(...wellFormed)
  } else {
    where += ` AND paused_at IS NULL AND status <> 'disconnected'`
  }
  if (provider !== undefined) {
    where += ' AND provider = ?'
    values.push(provider)
  }
  if (notRefreshedSince !== undefined) {
    where += ' AND (last_token_refresh_at IS NULL OR last_token_refresh_at < ?t)'
    values.push(notRefreshedSince)
  }
  if (inUse !== undefined) {
    const each = inUse.providers.map(({ windowed }) => `(provider = ? AND ${inUseSql(windowed)})`)
    where += ` AND is_active AND (${each.join(' OR ') || '1 = 0'})`
    values.push(...inUse.providers.flatMap((one) => [one.provider, inUse.at]))
  }
  return { where, values }
}

const marks = (count: number) => Array(count).fill('?').join(', ')

const SKIP = { sqlite: '', postgres: 'FOR UPDATE SKIP LOCKED' }

const claim = (dialect: StoreDriver['dialect'], due: string) => `WITH due AS MATERIALIZED (
    SELECT id FROM connections WHERE ${due}
      AND NOT EXISTS (SELECT id FROM installation WHERE quarantined_at IS NOT NULL) LIMIT ? ${SKIP[dialect]})
  UPDATE connections SET next_validation_at = ?t WHERE id IN (SELECT id FROM due) RETURNING id`

/** Kept alive at this moment. Values: now. */
const inUseSql = (windowed: boolean) =>
  `(keep_alive_until > ?t OR ${windowed ? `keep_alive = 'always'` : `keep_alive IS NULL OR keep_alive = 'always'`})`

const claimDue = (dialect: StoreDriver['dialect'], windowed: boolean) =>
  claim(
    dialect,
    `provider = ? AND is_active AND paused_at IS NULL
    AND (last_validated_at IS NULL OR last_validated_at <= ?t)
    AND (next_validation_at IS NULL OR next_validation_at <= ?t)
    AND ${inUseSql(windowed)}`
  )

const claimRetries = (dialect: StoreDriver['dialect']) =>
  claim(
    dialect,
    `is_active AND paused_at IS NULL AND token_refresh_failed_at IS NOT NULL AND next_refresh_at IS NULL
    AND next_validation_at <= ?t`
  )
