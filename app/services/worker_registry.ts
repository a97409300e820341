import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { uuid } from '#models/uuid'
import { all, now, run, type StoreDriver, type Work } from '#store/driver'

/**
 * The role of a process that is gone. Its row stays where its scheduler's tick is the latest of all: what has stopped
 * must not look as if it had never been.
 */
export const ENDED = 'ended'

const INSERT = `INSERT INTO workers (id, host, boot_id, pid, role, started_at, beat_at) VALUES (?, ?, ?, ?, ?, ?t, ?t)`
const BEAT = 'UPDATE workers SET beat_at = ?t, role = ? WHERE id = ?'
const TICK =
  'UPDATE workers SET beat_at = ?t, scheduler_ticked_at = ?t, scheduler_interval_ms = ? WHERE id = ?'
const PEERS = `SELECT id, boot_id, pid FROM workers WHERE host = ? AND id <> ? AND role <> '${ENDED}'`
const EVERYBODY = `SELECT id, host, boot_id, pid FROM workers WHERE role <> '${ENDED}'`
const FREE_CLAIMS = 'UPDATE connections SET lease_until = NULL, worker_id = NULL WHERE worker_id = ?'
const END = `UPDATE workers SET role = '${ENDED}' WHERE id = ?`
const FORGET_ENDED = `DELETE FROM workers WHERE role = '${ENDED}' AND (scheduler_ticked_at IS NULL
  OR scheduler_ticked_at < (SELECT max(scheduler_ticked_at) FROM workers))`
const FORGET_SILENT = 'DELETE FROM workers WHERE beat_at < ?t'

const SILENT_FOR = 24 * 60 * 60_000

/**
 * This process in the table of workers: who holds which claims, and when the scheduler last ticked. Claims of a worker
 * that died on this host are freed at once; those of other hosts end with their lease.
 */
export class WorkerRegistry {
  readonly id = uuid()
  #registered = false

  constructor(
    private readonly driver: StoreDriver,
    private role: string
  ) {}

  /** Takes this process into the table and frees the claims of dead processes of this host; returns how many. */
  register(): Promise<number> {
    return this.driver.transaction(() => this.#register(identity()))
  }

  /** Tells what this process is there for, where that is not known from its environment. */
  become(role: string): Promise<number> {
    this.role = role
    return this.register()
  }

  /** The ids of workers that live: those of other hosts, and those of this one whose process runs. */
  async alive(): Promise<Set<string>> {
    const { host, bootId } = identity()
    const rows = await this.driver.read(EVERYBODY, [])
    const lives = rows.filter(
      (row) => row.host !== host || (row.boot_id === bootId && isAlive(row.pid as number))
    )
    return new Set(lives.map((row) => row.id as string))
  }

  /** Tells that the scheduler of this process ticked; it ticks every `interval` milliseconds. */
  async tick(interval: number): Promise<void> {
    const { id } = this
    await this.driver.transaction(function* () {
      const at = yield* now()
      return yield* run(TICK, [at, at, interval, id])
    })
  }

  /** Takes this process out of the table; its scheduler's tick stays until there is a later one, or for a day. */
  async leave(): Promise<void> {
    if (!this.#registered) return
    const { id } = this
    await this.driver.transaction(function* () {
      yield* run(END, [id])
      return yield* run(FORGET_ENDED, [])
    })
    this.#registered = false
  }

  *#register({ host, bootId }: Identity): Work<number> {
    const at = yield* now()
    const known = this.#registered && (yield* run(BEAT, [at, this.role, this.id])) > 0
    if (!known) yield* run(INSERT, [this.id, host, bootId, process.pid, this.role, at, at])
    this.#registered = true
    let freed = 0
    for (const peer of yield* all(PEERS, [host, this.id])) {
      if (peer.boot_id === bootId && isAlive(peer.pid as number)) continue
      freed += yield* run(FREE_CLAIMS, [peer.id as string])
      yield* run(END, [peer.id as string])
    }
    yield* run(FORGET_ENDED, [])
    yield* run(FORGET_SILENT, [at - SILENT_FOR])
    return freed
  }
}

interface Identity {
  host: string
  bootId: string
}

/**
 * A pid means something only on its host, since its last boot and within its process namespace (containers of one host
 * have namespaces of their own).
 */
function identity(): Identity {
  const boot = attemptRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? 'unknown'
  const namespace = attemptRead(() => readlinkSync('/proc/self/ns/pid')) ?? ''
  return { host: hostname(), bootId: `${boot.slice(0, 36)}/${namespace.replace(/\D/g, '')}` }
}

function attemptRead(read: () => string): string | null {
  try {
    return read()
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
