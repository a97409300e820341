import type { Dialect } from '#tests/helpers/engine_fixture'
import { MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'
import { AuthorizationLab } from '#tests/helpers/lab/authorization_lab'
import { Checker, type Finding } from '#tests/helpers/lab/checker'
import { LAB_CLASSES, type LabReuse } from '#tests/helpers/lab/grants'
import { KILL_POINTS, type KillPoint, type WorkerPoint } from '#tests/helpers/lab/kill_points'
import { LabClock, seededRandom } from '#tests/helpers/lab/lab_clock'
import { LabDatabase } from '#tests/helpers/lab/lab_database'
import { RemoteProcess } from '#tests/helpers/lab/remote_process'

const PROVIDERS = LAB_CLASSES.map((reuse) => ({ id: `lab-${reuse}`, reuse }))
const IN_FLIGHT_OF_CLASS = 10
const WORKER_POINTS: readonly KillPoint[] = ['claiming', 'claimed', 'settling', 'settled']
/** As at a real provider, answers come one after the other: a kill finds some stored and some not. */
const SPREAD = 20
/** Workers that load their modules while others are being killed. */
const KEPT_WARM = 2

/** A client of the token endpoint that can be killed. */
export interface Contestant {
  name: string
  module: URL
  /** Requests that it has in flight at each provider. */
  width: number
  /** Points at which it can be killed. */
  points: readonly KillPoint[]
  sealed: boolean
  /** When it comes back after it was killed. */
  returnsAfter: number
}

export const OURS: Contestant = {
  name: 'ours',
  module: new URL('./worker_main.ts', import.meta.url),
  width: IN_FLIGHT_OF_CLASS,
  points: Object.keys(KILL_POINTS) as KillPoint[],
  sealed: true,
  returnsAfter: 5 * SECOND,
}

/** It knows no claim, hence no point before or after one. A cron job every five minutes. */
export const NAIVE: Contestant = {
  name: 'naive',
  module: new URL('./naive_worker.ts', import.meta.url),
  width: 5,
  points: ['received', 'rotated', 'answered', 'settling', 'settled'],
  sealed: false,
  returnsAfter: 5 * MINUTE,
}

/** What the kills at one point did to the connections of one class. */
export interface Cell {
  contestant: string
  reuse: LabReuse
  point: KillPoint
  kills: number
  inFlight: number
  /** Rotated at the provider, successor not in our database, right after the kill. */
  notStored: number
  lost: number
  /** Of the lost: known as an answer that never arrived. */
  flagged: number
  /** Lost although the truth log proves no rotation that went unstored. */
  unexplained: number
  reused: number
  presentedTwice: number
  falselyDeactivated: number
}

/** Kills a contestant `trials` times at each of its points, with a batch of each class in flight, and counts. */
export async function killMatrix(contestant: Contestant, dialect: Dialect, trials: number): Promise<Cell[]> {
  const matrix = await KillMatrix.prepare(contestant, dialect)
  try {
    const cells: Cell[] = []
    for (const point of contestant.points) cells.push(...(await matrix.row(point, trials)))
    return cells
  } finally {
    await matrix.close()
  }
}

class KillMatrix {
  readonly #warm: RemoteProcess[] = []
  readonly #random = seededRandom(20_261_121)
  #trial = 0

  private constructor(
    private readonly contestant: Contestant,
    private readonly lab: AuthorizationLab,
    private readonly clock: LabClock,
    private readonly database: LabDatabase,
    private readonly checker: Checker
  ) {}

  static async prepare(contestant: Contestant, dialect: Dialect): Promise<KillMatrix> {
    const lab = await AuthorizationLab.start()
    await lab.spreadAnswers(SPREAD)
    const clock = new LabClock()
    const database = await LabDatabase.open(dialect, clock)
    return new KillMatrix(contestant, lab, clock, database, new Checker(lab, database, clock.now))
  }

  async row(point: KillPoint, trials: number): Promise<Cell[]> {
    const cells = LAB_CLASSES.map((reuse) => emptyCell(this.contestant, reuse, point))
    let worker = await this.#next()
    for (let trial = 0; trial < trials; trial++) {
      const accounts = await this.#seed()
      const killed = await this.#kill(worker, point)
      const all = [...accounts.values()].flat()
      const before = await this.checker.judge(all)
      worker = await this.#recover()
      const after = await this.checker.judge(all)
      for (const cell of cells) count(cell, killed, accounts.get(cell.reuse) ?? [], before, after)
      this.lab.truth.forget(all)
      await this.database.run('DELETE FROM connections')
    }
    await worker.end()
    return cells
  }

  async close(): Promise<void> {
    await Promise.all(this.#warm.map((worker) => worker.end()))
    await this.database.close()
    await this.lab.close()
  }

  async #seed(): Promise<Map<LabReuse, string[]>> {
    this.#trial += 1
    const byClass = new Map<LabReuse, string[]>()
    for (const { id, reuse } of PROVIDERS) {
      const accounts = Array.from({ length: this.contestant.width }, (_, i) => `${reuse}-${this.#trial}-${i}`)
      const tokens = await this.lab.grant(accounts, reuse)
      const seeds = accounts.map((account, index) => ({ account, provider: id, token: tokens[index] }))
      await this.database.seed(seeds, this.contestant)
      byClass.set(reuse, accounts)
    }
    return byClass
  }

  /** Lets the worker sweep until the trap has killed it; true if it did. */
  async #kill(worker: RemoteProcess, point: KillPoint): Promise<boolean> {
    const inFlight = this.contestant.width * PROVIDERS.length
    const scattered = 1 + Math.floor(this.#random() * inFlight)
    const atWorker = WORKER_POINTS.includes(point)
    // Everything is in flight at once before the first answer leaves.
    const gathering = point === 'received' || point === 'rotated' ? null : 'rotated'
    if (gathering) await this.lab.hold(gathering, inFlight)
    if (atWorker) await worker.call('arm', { point: point as WorkerPoint, after: scattered })
    else {
      const after = point === 'answered' ? scattered : inFlight
      await this.lab.arm(worker.pid, point as Exclude<KillPoint, WorkerPoint>, after)
    }
    const survived = await worker.call('sweep').then(
      () => true,
      () => false
    )
    const { signal } = survived ? await worker.end() : await worker.exited
    await this.lab.disarm()
    await this.lab.release()
    await this.lab.idle({ gone: true })
    return !survived && signal === 'SIGKILL'
  }

  /** Starts the next worker when the killed one would be back, and lets both strikes fall. */
  async #recover(): Promise<RemoteProcess> {
    await this.#pass(this.contestant.returnsAfter)
    const worker = await this.#next()
    for (const wait of [0, 15 * MINUTE, 15 * MINUTE]) {
      await this.#pass(wait, worker)
      await worker.call('sweep')
    }
    await this.lab.idle()
    return worker
  }

  async #pass(milliseconds: number, worker?: RemoteProcess): Promise<void> {
    if (milliseconds === 0) return
    this.clock.advance(milliseconds)
    await this.lab.advance(milliseconds)
    await worker?.call('advance', milliseconds)
  }

  async #next(): Promise<RemoteProcess> {
    const { place } = this.database
    const file = place.dialect === 'sqlite' ? place.file : null
    while (this.#warm.length <= KEPT_WARM) {
      const settings = {
        place,
        file,
        endpoint: this.lab.url,
        providers: PROVIDERS,
        concurrency: IN_FLIGHT_OF_CLASS * PROVIDERS.length,
        seed: this.#trial,
      }
      this.#warm.push(RemoteProcess.start(this.contestant.module, { settings }))
    }
    const worker = this.#warm.shift()
    if (!worker) throw new Error('no worker is warm')
    await worker.call('open', this.clock.offset)
    return worker
  }
}

function emptyCell({ name: contestant }: Contestant, reuse: LabReuse, point: KillPoint): Cell {
  const counts = { kills: 0, inFlight: 0, notStored: 0, lost: 0, flagged: 0, unexplained: 0 }
  return { contestant, reuse, point, ...counts, reused: 0, presentedTwice: 0, falselyDeactivated: 0 }
}

function count(
  cell: Cell,
  killed: boolean,
  accounts: readonly string[],
  before: Finding[],
  after: Finding[]
) {
  const own = (findings: Finding[]) => findings.filter(({ account }) => accounts.includes(account))
  const behind = new Set(
    own(before)
      .filter((one) => one.behind)
      .map(({ account }) => account)
  )
  cell.kills += Number(killed)
  cell.inFlight += accounts.length
  cell.notStored += behind.size
  for (const finding of own(after)) {
    cell.lost += Number(finding.lost)
    cell.flagged += Number(finding.lost && finding.flagged && finding.inDoubt)
    cell.unexplained += Number(finding.lost && !behind.has(finding.account))
    cell.reused += finding.reused
    cell.presentedTwice += Number(finding.presentedTwice)
    cell.falselyDeactivated += Number(finding.falselyDeactivated)
  }
}
