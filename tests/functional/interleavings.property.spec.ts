import { randomUUID } from 'node:crypto'
import { setImmediate as eventLoop } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { test } from '@japa/runner'
import fc from 'fast-check'
import { Secret } from '#oauth/secret'
import type { Exchange, OutgoingRequest, Transport } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { openSqliteDriver } from '#store/sqlite_driver'
import type { StoreDriver } from '#store/driver'
import { credentialFingerprint } from '#vault/vault'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, SECOND } from '#tests/helpers/refresh_fixtures'

const SEED = 20_261_121
const RUNS_EACH = 350
const ACCOUNTS = ['ana', 'bob']

type Reuse = 'strict' | 'grace' | 'static'

type Action =
  | { type: 'sweep'; worker: 0 | 1 }
  | { type: 'refresh'; worker: 0 | 1; account: number }
  | { type: 'pause' | 'resume' | 'reconnect'; account: number }
  | { type: 'advance'; by: number }

const worker = fc.constantFrom(0 as const, 1 as const)
const account = fc.nat({ max: ACCOUNTS.length - 1 })
const ACTION: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('sweep' as const), worker }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('refresh' as const), worker, account }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('pause' as const, 'resume' as const, 'reconnect' as const),
      account,
    }),
  },
  // A lease lasts 24 s here; an hour makes everything due again.
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      by: fc.constantFrom(SECOND, 25 * SECOND, HOUR),
    }),
  }
)

interface Sent {
  account: string
  token: string
  leaseUntil: number
  generation: number
  answered: boolean
  /** Its lease ended before its answer came. */
  outlived: boolean
}

/** A token endpoint inside this process that knows the truth, and notes every request with the lease it was sent under. */
class ModelServer {
  readonly sent: Sent[] = []
  readonly offences: string[] = []
  /** Whose token it is, and from which of that person's consents it descends. */
  #owners = new Map<string, { owner: string; consent: number }>()
  #consents = new Map<string, number>()
  #dead = new Set<string>()

  constructor(
    private readonly reuse: Reuse,
    private readonly now: () => number,
    private readonly leaseOf: (account: string) => { leaseUntil: number; generation: number }
  ) {}

  /** A person consents: a new grant beside the older ones. */
  consent(owner: string): string {
    const consent = (this.#consents.get(owner) ?? 0) + 1
    this.#consents.set(owner, consent)
    return this.#issue({ owner, consent })
  }

  /** Whether this is a token of the owner's latest consent that would be accepted. */
  isLive(token: string): boolean {
    const known = this.#owners.get(token)
    return known !== undefined && known.consent === this.#consents.get(known.owner) && !this.#dead.has(token)
  }

  /** The request leaves: nobody else's may be under way within its lease. */
  leaves(token: string): Sent {
    const owner = this.#owners.get(token)?.owner ?? ''
    const sent: Sent = { account: owner, token, answered: false, outlived: false, ...this.leaseOf(owner) }
    const rivals = this.sent.filter(
      (one) =>
        one.account === owner &&
        !one.answered &&
        one.leaseUntil > this.now() &&
        one.generation === sent.generation
    )
    if (rivals.length > 0) this.offences.push(`two requests for ${owner} within one lease`)
    this.sent.push(sent)
    return sent
  }

  /** The request arrives. */
  answer({ account: owner, token }: Sent): object {
    if (this.#dead.has(token)) {
      const earlier = this.sent.filter((one) => one.token === token)
      if (!earlier.slice(0, -1).some(({ leaseUntil }) => leaseUntil <= this.now())) {
        this.offences.push(`${owner}'s spent token came again although no lease had ended`)
      }
      return { error: 'invalid_grant' }
    }
    const tokens = { access_token: `at-${randomUUID()}`, token_type: 'Bearer', expires_in: 3600 }
    if (this.reuse === 'static') return tokens
    if (this.reuse === 'strict') this.#dead.add(token)
    const descent = this.#owners.get(token) ?? { owner, consent: 0 }
    return { ...tokens, refresh_token: this.#issue(descent) }
  }

  #issue(descent: { owner: string; consent: number }): string {
    const token = `rt-${descent.owner}-${randomUUID()}`
    this.#owners.set(token, descent)
    return token
  }
}

/** The world of one run: two workers on one database, and a scheduler that decides what goes on next. */
class World {
  readonly server: ModelServer
  readonly ids = new Map<string, string>()
  #engines: Engine[] = []

  constructor(
    private readonly fixture: EngineFixture,
    private readonly database: Database.Database,
    private readonly drivers: readonly StoreDriver[],
    private readonly scheduler: fc.Scheduler,
    reuse: Reuse
  ) {
    this.server = new ModelServer(reuse, fixture.clock.now, (owner) => this.#lease(owner))
  }

  async begin(): Promise<void> {
    const tables = ['refresh_attempts', 'connections', 'client_gates']
    this.database.exec(`BEGIN; ${tables.map((table) => `DELETE FROM ${table};`).join(' ')} COMMIT`)
    for (const owner of ACCOUNTS) {
      this.ids.set(owner, await this.fixture.connect(owner))
      this.#consent(owner)
    }
    this.#engines = this.drivers.map((driver) => this.#engine(driver))
  }

  async act(action: Action): Promise<void> {
    switch (action.type) {
      case 'sweep':
        return void (await this.#engines[action.worker].refresh.refreshDue())
      case 'refresh': {
        const request = { kind: 'manual', force: true } as const
        return void (await this.#engines[action.worker].refresh.refreshOne(this.#id(action.account), request))
      }
      case 'pause':
      case 'resume':
        this.database
          .prepare('UPDATE connections SET paused_at = ? WHERE id = ?')
          .run(action.type === 'pause' ? 1 : null, this.#id(action.account))
        return
      case 'reconnect':
        return this.#consent(ACCOUNTS[action.account])
      case 'advance':
        this.fixture.clock.advance(action.by)
    }
  }

  /** What must hold once everything has come to rest; null where it does. */
  problem(): string | null {
    if (this.server.offences.length > 0) return this.server.offences.join('; ')
    for (const owner of ACCOUNTS) {
      const row = this.#row(owner)
      const token = this.#open(row)
      if (!this.server.isLive(token)) return `${owner} holds a token that is spent or of an older consent`
      if (row.attempt_id !== null) return `${owner} is left claimed`
      if (!row.is_active || row.status !== 'connected') return `${owner} became ${String(row.status)}`
      if (row.token_refresh_failed_at !== null) return `a stale loser struck ${owner}`
    }
    return null
  }

  async end(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.close()))
    // The fixture closes all engines once more; these have no scheduler then that would let them act.
    for (const engine of this.#engines) engine.close = async () => {}
  }

  #engine(inner: StoreDriver): Engine {
    const { scheduler } = this
    const driver: StoreDriver = {
      ...inner,
      close: async () => {},
      transaction: async (work) => {
        await scheduler.schedule(Promise.resolve(), 'transaction')
        return inner.transaction(work)
      },
    }
    const sleep = () => scheduler.schedule(Promise.resolve(), 'wait')
    return this.fixture.sibling({ driver, sleep, transport: this.#transport(), concurrency: 4 })
  }

  #transport(): Transport & { close(): Promise<void> } {
    return {
      send: async (request) => {
        const sent = this.server.leaves(presented(request))
        await this.scheduler.schedule(Promise.resolve(), 'arrive')
        const body = this.server.answer(sent)
        await this.scheduler.schedule(Promise.resolve(), 'answer')
        sent.answered = true
        sent.outlived = sent.leaseUntil <= this.fixture.clock.now()
        return answered('error' in body ? 400 : 200, body, this.fixture.clock.now())
      },
      close: async () => {},
    }
  }

  /** A person consents (again): a new grant in a new generation, as `GrantStore` writes it. */
  #consent(owner: string): void {
    const row = this.#row(owner)
    const id = String(row.id)
    const token = new Secret(this.server.consent(owner))
    const place = { organizationId: String(row.organization_id), connectionId: id, column: 'refresh_token' }
    this.database
      .prepare(
        `UPDATE connections SET refresh_token = ?, credential_fp = ?, spare_refresh_token = NULL, status = 'connected',
           is_active = 1, token_refresh_failed_at = NULL, attempt_id = NULL, lease_until = NULL, worker_id = NULL,
           open_attempts = 0, grant_generation = grant_generation + 1, token_version = token_version + 1 WHERE id = ?`
      )
      .run(this.fixture.vault.seal(token, place), credentialFingerprint(id, token), id)
  }

  #lease(owner: string) {
    const row = this.#row(owner)
    return { leaseUntil: Number(row.lease_until ?? 0), generation: Number(row.grant_generation) }
  }

  #open(row: Record<string, unknown>): string {
    const place = { organizationId: String(row.organization_id), connectionId: String(row.id) }
    const opened = this.fixture.vault.open(String(row.refresh_token), { ...place, column: 'refresh_token' })
    return opened.ok ? opened.secret.reveal() : ''
  }

  #id(index: number): string {
    return this.ids.get(ACCOUNTS[index]) ?? ''
  }

  #row(owner: string): Record<string, unknown> {
    const query = this.database.prepare('SELECT * FROM connections WHERE owner = ?')
    return query.get(owner) as Record<string, unknown>
  }
}

function presented({ body }: OutgoingRequest): string {
  const token = body?.fields.refresh_token
  return token instanceof Secret ? token.reveal() : String(token)
}

function answered(status: number, body: object, receivedAt: number): Exchange {
  const headers = new Headers({ 'content-type': 'application/json' })
  return { ok: true, status, headers, body: JSON.stringify(body), receivedAt }
}

/** Turns begin on `setImmediate`: after each step the event loop goes round once, so that they take part in the race. */
const act = async (step: () => Promise<unknown>) => {
  await step()
  await eventLoop()
}

for (const reuse of ['strict', 'grace', 'static'] as const) {
  test.group(`Two workers in any order at a ${reuse} provider`, () => {
    test('one request within a lease, and the stored token is the live one', async ({ assert, cleanup }) => {
      const rotation = reuse === 'static' ? 'never' : 'always'
      const refresh = { reuse, rotation, reuseGrace: '1h' } as const
      const fixture = await engineFixture('sqlite', cleanup, { provider: { refresh } })
      const database = new Database(testDatabaseFile())
      cleanup(async () => void database.close())
      // A connection for each worker, kept from world to world: opening one takes longer than a world lives.
      const drivers = [0, 1].map(() => openSqliteDriver(testDatabaseFile(), fixture.clock))
      cleanup(async () => void (await Promise.all(drivers.map((driver) => driver.close()))))
      let requests = 0
      let late = 0
      const plan = fc.array(ACTION, { minLength: 2, maxLength: 9 })
      const property = fc.asyncProperty(fc.scheduler({ act }), plan, async (scheduler, actions) => {
        const world = new World(fixture, database, drivers, scheduler, reuse)
        await world.begin()
        const done = Promise.all(
          actions.map((action, index) =>
            scheduler.schedule(Promise.resolve(), `${index}: ${action.type}`).then(() => world.act(action))
          )
        )
        await scheduler.waitFor(done)
        await scheduler.waitFor(world.end())
        requests += world.server.sent.length
        late += world.server.sent.filter(({ outlived }) => outlived).length
        const problem = world.problem()
        if (problem) throw new Error(problem)
      })
      await fc.assert(property, { numRuns: RUNS_EACH, seed: SEED })
      assert.isAbove(requests, RUNS_EACH)
      assert.isAbove(late, 0, 'no run outlived a lease')
    }).timeout(120_000)
  })
}
