import type { SweepSummary } from '#services/due_sweep'
import type { TokenSelector } from '#services/token_manager/selector'
import type { RefreshOutcome, RefreshRequest } from '#token_refresh/types'
import { RemoteProcess, type Ending, type StartOptions } from '#tests/helpers/lab/remote_process'
import type { DatabasePlace } from '#tests/helpers/lab/lab_database'
import type { LabProvider } from '#tests/helpers/lab/lab_engine'
import type { WorkerPoint } from '#tests/helpers/lab/kill_points'

const MAIN = new URL('./worker_main.ts', import.meta.url)

export interface WorkerSettings {
  place: DatabasePlace
  endpoint: string
  providers: readonly LabProvider[]
  seed?: number
  concurrency?: number
  requestDeadline?: number
  spoolFolder?: string
  /** PostgreSQL's clock decides instead of the worker's. */
  ownClock?: boolean
}

/** Our engine as a real process: it can be stopped, continued, ended and killed. */
export class WorkerProcess {
  private constructor(private readonly process: RemoteProcess) {}

  /** Loads the modules and waits; nothing is opened before `open`, so that workers can be kept warm. */
  static start(settings: WorkerSettings, options: Partial<StartOptions> = {}): WorkerProcess {
    return new WorkerProcess(RemoteProcess.start(MAIN, { settings, ...options }))
  }

  get pid(): number {
    return this.process.pid
  }

  get exited(): Promise<Ending> {
    return this.process.exited
  }

  /** Builds the engine on a clock moved by `offset`; returns how many claims of dead workers it freed. */
  open(offset = 0): Promise<number> {
    return this.process.call('open', offset)
  }

  sweep(): Promise<SweepSummary> {
    return this.process.call('sweep')
  }

  refresh(
    ids: readonly string[],
    request: RefreshRequest = { kind: 'on_demand' }
  ): Promise<RefreshOutcome[]> {
    return this.process.call('refresh', { ids, request })
  }

  /** Gives the worker a token manager; with the port of a Redis it shares what it caches. */
  openTokens(redisPort: number | null = null): Promise<void> {
    return this.process.call('openTokens', redisPort)
  }

  /** The access tokens that this many callers get at once. */
  readTokens(selector: TokenSelector, callers = 1): Promise<string[]> {
    return this.process.call('readTokens', { selector, callers })
  }

  advance(milliseconds: number): Promise<void> {
    return this.process.call('advance', milliseconds)
  }

  step(milliseconds: number): Promise<void> {
    return this.process.call('step', milliseconds)
  }

  /** The worker kills itself when it has reached the point `after` times. */
  killAt(point: WorkerPoint, after: number): Promise<void> {
    return this.process.call('arm', { point, after })
  }

  signal(signal: NodeJS.Signals): void {
    this.process.signal(signal)
  }

  end(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ending> {
    return this.process.end(signal)
  }
}
