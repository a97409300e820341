import type { Failure } from '#oauth/types'
import { childEvents } from '#token_refresh/children_events'
import * as sql from '#token_refresh/children_sql'
import type { ChildStep, KnownChild } from '#token_refresh/children_plan'
import { logChild, logFailure, type ChildChange, type LogContext } from '#token_refresh/children_log'
import { all, now, run, runAll, type Row, type StoreDriver, type Value, type Work } from '#store/driver'
import { tell } from '#token_refresh/outbox'
import { Wishes } from '#token_refresh/wishes'
import { READ_QUARANTINE } from '#token_refresh/store_sql'

/** The parent as it was when its token was shown. */
export interface Parent {
  id: string
  organizationId: string
  owner: string
  ownerUserId: string | null
  provider: string
  accountId: string
  accessToken: string | null
  tokenVersion: number
  grantGeneration: number
  /** New tokens owe the children theirs, and somebody may ask for them. */
  owed: boolean
  failures: number
  config: Record<string, string>
  metadata: Record<string, string>
}

/** A transaction of this many children stays short. */
const CHUNK = 200
const FAILURES_LOGGED = 500

/** The SQL about children. Everything about a child is written only while its parent's token is the one that was shown. */
export class ChildrenStore {
  readonly #wishes = new Wishes()

  constructor(private readonly driver: StoreDriver) {}

  async parent(id: string): Promise<Parent | null> {
    const [row] = await this.driver.read(sql.READ_PARENT, [id])
    return row ? toParent(row) : null
  }

  /** Until when the provider's gate holds requests back; null where it does not. */
  async pausedUntil(gate: string, at: number): Promise<number | null> {
    const [row] = await this.driver.read(sql.READ_PAUSE, [gate, at])
    return row ? Number(row.until) : null
  }

  /** Takes up parents whose children are owed; whoever takes them has `CHILDREN_PATIENCE` to settle. None in quarantine. */
  takeUp(limit: number): Promise<string[]> {
    const { dialect } = this.driver
    return this.driver.transaction(function* () {
      const at = yield* now()
      if ((yield* all(READ_QUARANTINE, [])).length > 0) return []
      const rows = yield* all(sql.takeUp(dialect), [at, limit, at + sql.CHILDREN_PATIENCE])
      return rows.map((row) => row.id as string)
    })
  }

  async known(parent: Parent, provider: string, accountIds: readonly string[]): Promise<KnownChild[]> {
    const values = [parent.organizationId, provider, parent.id, JSON.stringify(accountIds)]
    const rows = await this.driver.read(sql.readKnown(this.driver.dialect), values)
    return rows.filter((row) => row.id !== parent.id).map((row) => toKnown(row, parent.id))
  }

  /** Stores what became of each child, in chunks; null where the parent has newer tokens, whose children count. */
  async settle(parent: Parent, steps: readonly ChildStep[], log: LogContext): Promise<ChildChange[] | null> {
    const changes: ChildChange[] = []
    const chunks = Math.max(1, Math.ceil(steps.length / CHUNK))
    for (let index = 0; index < chunks; index++) {
      const part = steps.slice(index * CHUNK, (index + 1) * CHUNK)
      const isLast = index === chunks - 1
      const stored = await this.driver.transaction(() => this.#settleChunk(parent, part, log, isLast))
      if (!stored) return null
      changes.push(...stored)
    }
    return changes
  }

  /** Plans the next try. The first failure in a row is written to the log of each child; false where it does not count. */
  fail(parent: Parent, failure: Failure, delay: number, log: LogContext): Promise<boolean> {
    return this.driver.transaction(function* () {
      const at = yield* now()
      const values = [at + delay, failure.code, parent.id, parent.tokenVersion, parent.grantGeneration]
      if ((yield* run(sql.CHILDREN_FAILED, values)) === 0) return false
      if (parent.failures > 0) return true
      for (const child of yield* all(sql.READ_CHILDREN, [parent.id, FAILURES_LOGGED])) {
        yield* logFailure(parent, child, failure, log, at)
      }
      return true
    })
  }

  /** Whether somebody is still expected to store children: owed, not failed, and within the patience. */
  async isAwaited(id: string, at: number): Promise<boolean> {
    const [row] = await this.driver.read(sql.READ_OWED, [id])
    return Boolean(row?.children_pending) && row.children_failures === 0 && Number(row.children_due_at) > at
  }

  *#settleChunk(
    parent: Parent,
    steps: readonly ChildStep[],
    log: LogContext,
    isLast: boolean
  ): Work<ChildChange[] | null> {
    const changes: ChildChange[] = []
    const at = yield* now()
    const { id, organizationId, tokenVersion, grantGeneration } = parent
    if ((yield* run(sql.HOLD_PARENT, [id, tokenVersion, grantGeneration])) === 0) return null
    const isAsked = (yield* this.#wishes.read(at)).refreshed.has(organizationId)
    for (const step of steps) {
      if ((yield* apply(parent, step, log, at)) === 0) continue
      const change = yield* logChild(parent, step, log, at)
      const events = childEvents(parent, step, change, log, isAsked)
      yield* runAll(events.map((event) => tell(event, at)))
      changes.push(change)
    }
    if (isLast) yield* run(sql.CHILDREN_SETTLED, [id])
    return changes
  }
}

function* apply(parent: Parent, step: ChildStep, log: LogContext, at: number): Work<number> {
  switch (step.type) {
    case 'insert':
      return yield* run(sql.INSERT_CHILD, insertValues(parent, step, log.childProvider, at))
    case 'replace':
      return yield* run(sql.REPLACE_CHILD_TOKEN, [
        step.token,
        step.fingerprint,
        parent.id,
        ...names(step),
        at,
        at,
        step.child.id,
      ])
    case 'confirm':
      return yield* run(sql.CONFIRM_CHILD, [parent.id, ...names(step), at, at, step.child.id])
    case 'gone':
      return yield* run(sql.CHILD_GONE, [at, step.child.id, parent.id])
    case 'tokenless':
      return 1
  }
}

function insertValues(
  parent: Parent,
  step: Extract<ChildStep, { type: 'insert' }>,
  childProvider: string,
  at: number
): Value[] {
  const { organizationId, owner, ownerUserId } = parent
  const account = [step.account.id, ...names(step)]
  const row = [step.id, organizationId, owner, ownerUserId, childProvider, ...account]
  return [...row, parent.id, step.token, step.fingerprint, at, at, at, at, at]
}

function names({ account }: Extract<ChildStep, { account: unknown }>): Value[] {
  return [account.username ?? null, account.displayName ?? null, account.avatarUrl ?? null]
}

function toParent(row: Row): Parent {
  return {
    id: row.id as string,
    organizationId: row.organization_id as string,
    owner: row.owner as string,
    ownerUserId: row.owner_user_id as string | null,
    provider: row.provider as string,
    accountId: row.provider_account_id as string,
    accessToken: row.access_token as string | null,
    tokenVersion: row.token_version as number,
    grantGeneration: row.grant_generation as number,
    owed: Boolean(row.children_pending) && Boolean(row.is_active) && row.paused_at === null,
    failures: row.children_failures as number,
    config: document(row.config),
    metadata: document(row.metadata),
  }
}

function document(value: unknown): Record<string, string> {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Record<string, string>
}

/** Another parent keeps a child as long as it lives itself and still lists the child. */
function toKnown(row: Row, parentId: string): KnownChild {
  const other = row.parent_id !== null && row.parent_id !== parentId
  const parentLives = ['connected', 'token_expired'].includes(String(row.parent_status))
  return {
    id: row.id as string,
    accountId: row.provider_account_id as string,
    credentialFp: row.credential_fp as string | null,
    status: row.status as string,
    statusReason: row.status_reason as string | null,
    ours: row.parent_id === parentId,
    taken: other && parentLives && Boolean(row.parent_is_active) && row.status_reason !== 'page_gone',
  }
}
