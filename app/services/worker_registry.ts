import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { uuid } from '#models/uuid'
import type { StoreDriver } from '#token_refresh/store_driver'

const INSERT = `INSERT INTO workers (id, host, boot_id, pid, role, started_at, beat_at) VALUES (?, ?, ?, ?, ?, ?t, ?t)`
const BEAT = 'UPDATE workers SET beat_at = ?t WHERE id = ?'
const TICK = 'UPDATE workers SET beat_at = ?t, scheduler_ticked_at = ?t, scheduler_interval_ms = ? WHERE id = ?'
const PEERS = 'SELECT id, boot_id, pid FROM workers WHERE host = ? AND id <> ?'
const FREE_CLAIMS = 'UPDATE connections SET lease_until = NULL, worker_id = NULL WHERE worker_id = ?'
const FORGET = 'DELETE FROM workers WHERE id = ?'
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
    private readonly role: string
  ) {}

  /** Takes this process into the table and frees the claims of dead processes of this host; returns how many. */
  async register(): Promise<number> {
    return this.driver.transaction(async (statements) => {
      const now = await statements.now()
      const { host, bootId } = identity()
      if (!this.#registered) {
        await statements.run(INSERT, [this.id, host, bootId, process.pid, this.role, now, now])
        this.#registered = true
      }
      let freed = 0
      for (const peer of await statements.all(PEERS, [host, this.id])) {
        if (peer.boot_id === bootId && isAlive(peer.pid as number)) continue
        freed += await statements.run(FREE_CLAIMS, [peer.id as string])
        await statements.run(FORGET, [peer.id as string])
      }
      await statements.run(FORGET_SILENT, [now - SILENT_FOR])
      return freed
    })
  }

  /** Tells that this process lives. */
  async beat(): Promise<void> {
    await this.driver.transaction(async (statements) => {
      await statements.run(BEAT, [await statements.now(), this.id])
    })
  }

  /** Tells that the scheduler of this process ticked; it ticks every `interval` milliseconds. */
  async tick(interval: number): Promise<void> {
    await this.driver.transaction(async (statements) => {
      const now = await statements.now()
      await statements.run(TICK, [now, now, interval, this.id])
    })
  }

  /** Takes this process out of the table. */
  async leave(): Promise<void> {
    if (!this.#registered) return
    await this.driver.transaction((statements) => statements.run(FORGET, [this.id]))
    this.#registered = false
  }
}

/**
 * A pid means something only on its host, since its last boot and within its process namespace (containers of one host
 * have namespaces of their own).
 */
function identity(): { host: string; bootId: string } {
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
