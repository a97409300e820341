import type { Engine } from '#services/build_engine'
import type { Dialect } from '#tests/helpers/engine_fixture'
import { AuthorizationLab } from '#tests/helpers/lab/authorization_lab'
import { Checker } from '#tests/helpers/lab/checker'
import type { LabReuse } from '#tests/helpers/lab/grants'
import { LabClock } from '#tests/helpers/lab/lab_clock'
import { LabDatabase, type SeedAccount } from '#tests/helpers/lab/lab_database'
import { labEngine, type LabEngineOptions, type LabProvider } from '#tests/helpers/lab/lab_engine'
import type { StartOptions } from '#tests/helpers/lab/remote_process'
import { WorkerProcess, type WorkerSettings } from '#tests/helpers/lab/worker_process'

type Cleanup = (work: () => Promise<void>) => void

interface BenchOptions {
  dialect?: Dialect
  /** A PostgreSQL other than the one of the test run. */
  url?: string
  providers?: readonly LabProvider[]
  /** Life of the access tokens, in seconds. */
  expiresIn?: number
}

interface ConnectOptions extends Pick<SeedAccount, 'dueIn' | 'expiresIn'> {
  provider?: LabProvider
}

/** A laboratory, a database, a checker, and engines in this process or in others, all on one clock that can be moved. */
export class LabBench {
  readonly #engines: Engine[] = []
  readonly #workers: WorkerProcess[] = []

  private constructor(
    readonly lab: AuthorizationLab,
    readonly clock: LabClock,
    readonly database: LabDatabase,
    readonly checker: Checker,
    readonly providers: readonly LabProvider[]
  ) {}

  static async open(cleanup: Cleanup, options: BenchOptions = {}): Promise<LabBench> {
    const { dialect = 'sqlite', providers = [{ id: 'lab', reuse: 'strict' }] } = options
    const lab = await AuthorizationLab.start(options.expiresIn)
    const clock = new LabClock()
    const database = await LabDatabase.open(dialect, clock, options.url)
    const bench = new LabBench(lab, clock, database, new Checker(lab, database, clock.now), providers)
    cleanup(() => bench.#close())
    return bench
  }

  /** Grants `count` accounts and connects them, due now unless told otherwise. */
  async connect(prefix: string, count: number, options: ConnectOptions = {}) {
    const { provider = this.providers[0], ...times } = options
    const accounts = Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
    const tokens = await this.lab.grant(accounts, provider.reuse)
    const ids = await this.database.seed(
      accounts.map((account, index) => ({ account, provider: provider.id, token: tokens[index], ...times }))
    )
    return { accounts, ids }
  }

  /** An engine in this process. */
  engine(options: Partial<LabEngineOptions> = {}): Engine {
    const clock = options.clock ?? this.clock
    const driver = options.driver ?? this.database.driverFor(clock)
    const engine = labEngine({
      endpoint: this.lab.url,
      labProviders: this.providers,
      ...options,
      clock,
      driver,
    })
    this.#engines.push(engine)
    return engine
  }

  /** An engine in a process of its own, open and ready. */
  async worker(options: Partial<WorkerSettings> = {}, env?: Record<string, string>): Promise<WorkerProcess> {
    const worker = this.prepare(options, { env })
    await worker.open(this.clock.offset)
    return worker
  }

  /** A worker that is yet to be opened. */
  prepare(options: Partial<WorkerSettings> = {}, start: Partial<StartOptions> = {}): WorkerProcess {
    const settings = {
      place: this.database.place,
      endpoint: this.lab.url,
      providers: this.providers,
      ...options,
    }
    const worker = WorkerProcess.start(settings, start)
    this.#workers.push(worker)
    return worker
  }

  /** Lets time pass for everybody but the workers that are named in `except`. */
  async advance(milliseconds: number, except: readonly WorkerProcess[] = []): Promise<void> {
    this.clock.advance(milliseconds)
    await this.lab.advance(milliseconds)
    const others = this.#workers.filter((worker) => !except.includes(worker))
    await Promise.all(others.map((worker) => worker.advance(milliseconds)))
  }

  /** How many requests presented a token. */
  presentations(): number {
    return this.lab.truth.all().filter(({ event }) => event === 'presented').length
  }

  async #close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()))
    await this.lab.release().catch(() => {})
    await Promise.all(this.#engines.map((engine) => engine.close()))
    await this.database.close()
    await this.lab.close()
  }
}

/** One provider of each reuse class. */
export const ONE_OF_EACH: readonly LabProvider[] = (
  ['strict', 'grace', 'until_used', 'static'] satisfies LabReuse[]
).map((reuse) => ({ id: `lab-${reuse}`, reuse }))
