import { now, run, type StoreDriver } from '#store/driver'
import { ENDED } from '#services/worker_registry'
import { SEALED_TABLES } from '#vault/rewrap'
import { sealedPrefix } from '#vault/vault'

/** A process that was started before the newest key was there: it cannot open what that key seals. */
export interface OlderProcess {
  host: string
  pid: number
  role: string
  startedAt: number
}

const OLDER_PROCESSES = `SELECT host, pid, role, started_at FROM workers
  WHERE id <> ? AND role <> '${ENDED}' AND started_at < (SELECT created_at FROM encryption_keys WHERE id = ?) ORDER BY started_at`
const KEYS_IN_USE = 'SELECT id FROM encryption_keys WHERE retired_at IS NULL AND id <> ? ORDER BY created_at'
const RETIRE = 'UPDATE encryption_keys SET retired_at = ?t WHERE id = ? AND retired_at IS NULL'

/**
 * Takes keys out of service. A key may be retired once nothing is sealed under it and nobody is left who could seal
 * under it: a start with a ring that does not begin with the newest key is refused, so these are the processes that
 * were started before that key was there.
 */
export class KeyRetirement {
  constructor(private readonly deps: { driver: StoreDriver; newest: string; workerId: string }) {}

  async olderProcesses(): Promise<OlderProcess[]> {
    const { driver, newest, workerId } = this.deps
    const rows = await driver.read(OLDER_PROCESSES, [workerId, newest])
    return rows.map((row) => ({
      host: row.host as string,
      pid: row.pid as number,
      role: row.role as string,
      startedAt: Number(row.started_at),
    }))
  }

  /** How many connections, providers, revocations and channels keep something under each older key that is not retired yet. */
  async countLeft(): Promise<Record<string, number>> {
    const { driver, newest } = this.deps
    const left: Record<string, number> = {}
    for (const row of await driver.read(KEYS_IN_USE, [newest]))
      left[row.id as string] = await this.#count(row.id as string)
    return left
  }

  /** Retires the older keys that nothing is sealed under; returns their ids. Call it when no older process is left. */
  async retireUnused(): Promise<string[]> {
    const { driver } = this.deps
    const unused = Object.entries(await this.countLeft()).filter(([, count]) => count === 0)
    for (const [id] of unused) {
      await driver.transaction(function* () {
        const at = yield* now()
        return yield* run(RETIRE, [at, id])
      })
    }
    return unused.map(([id]) => id)
  }

  async #count(keyId: string): Promise<number> {
    const prefix = sealedPrefix(keyId)
    let count = 0
    for (const { name, columns } of SEALED_TABLES) {
      const where = columns.map((column) => `substr(${column}, 1, ${prefix.length}) = ?`).join(' OR ')
      const values = columns.map(() => prefix)
      const sql = `SELECT count(*) AS count FROM ${name} WHERE ${where}`
      count += Number((await this.deps.driver.read(sql, values))[0].count)
    }
    return count
  }
}
