import { readFile, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { uuid } from '#models/uuid'
import { all, now, run, type Row, type StoreDriver } from '#store/driver'

const READ = 'SELECT id, witness, seen_at, quarantined_at, quarantine_reason FROM installation'
const INSERT = 'INSERT INTO installation (id, witness, seen_at) VALUES (?, ?, ?t)'
const SEEN = 'UPDATE installation SET seen_at = ?t'
const QUARANTINE = 'UPDATE installation SET quarantined_at = ?t, quarantine_reason = ?'
const LIFT =
  'UPDATE installation SET quarantined_at = NULL, quarantine_reason = NULL, witness = ?, seen_at = ?t'
const POSTGRES_WITNESS = `SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' ||
  (SELECT oid FROM pg_database WHERE datname = current_database())::text AS witness`

/** What a file beside the SQLite database remembers of it. */
interface WitnessFile {
  id: string
  seenAt: number
  /** The inode that the file had when it was written, and the one that it has: a copy of the file has another one. */
  inode: number
  ownInode: number
}

const LENGTH = 200
const LOOKS = 5
const BETWEEN_LOOKS = 100

/**
 * Knows whether this database is the one that was at work before, or a copy or an older state of it. The refresh tokens
 * of a copy may be spent by the original, and using them would end the original's grants; so a copy starts in quarantine
 * and refreshes nothing until a person says that it is the only one. The witness is a file beside a SQLite database, and
 * the cluster's identifier with the database's oid on PostgreSQL.
 */
export class Installation {
  constructor(
    private readonly driver: StoreDriver,
    private readonly witnessPath: string | null
  ) {}

  /** To be called before anything is claimed. Returns why this database is in quarantine, or null. */
  async check(): Promise<string | null> {
    for (let look = 1; ; look++) {
      // The file is read first: it is written last, so it is never ahead of a row that is read after it.
      const file = this.witnessPath ? await readWitness(this.witnessPath) : null
      const row = (await this.driver.read(READ, []))[0]
      if (!row) return this.#begin()
      if (row.quarantined_at !== null) return row.quarantine_reason as string
      const reason = await this.#doubt(row, file)
      if (!reason) return null
      if (look === LOOKS) return this.#quarantine(reason)
      // Another process may be about to write the first witness.
      await sleep(BETWEEN_LOOKS)
    }
  }

  /** Remembers, first in the database and then in the witness, that the engine is at work now. */
  async seen(): Promise<void> {
    const at = await this.driver.transaction(function* () {
      const instant = yield* now()
      yield* run(SEEN, [instant])
      const [row]: (Row | undefined)[] = yield* all(READ, [])
      return { id: row?.id as string | undefined, instant, isHeld: row ? row.quarantined_at !== null : true }
    })
    if (at.id && !at.isHeld) await this.#writeWitness(at.id, at.instant)
  }

  /** A person says that this database is the only one. Returns false where there was no quarantine. */
  async lift(): Promise<boolean> {
    const row = (await this.driver.read(READ, []))[0]
    if (!row || row.quarantined_at === null) return false
    const witness = await this.#postgresWitness()
    const instant = await this.driver.transaction(function* () {
      const at = yield* now()
      yield* run(LIFT, [witness, at])
      return at
    })
    await this.#writeWitness(row.id as string, instant)
    return true
  }

  /** For the end of a database whose accounts were moved elsewhere: it refreshes nothing until a person says otherwise. */
  async retire(reason: string): Promise<void> {
    const [row] = await this.driver.read(READ, [])
    if (row && row.quarantined_at === null) await this.#quarantine(reason)
  }

  async #begin(): Promise<null> {
    const id = uuid()
    const witness = await this.#postgresWitness()
    const instant = await this.driver.transaction(function* () {
      const at = yield* now()
      const [other] = yield* all(READ, [])
      if (!other) yield* run(INSERT, [id, witness, at])
      return other ? null : at
    })
    if (instant !== null) await this.#writeWitness(id, instant)
    return null
  }

  async #quarantine(reason: string): Promise<string> {
    await this.driver.transaction(function* () {
      return yield* run(QUARANTINE, [yield* now(), reason])
    })
    return reason
  }

  async #doubt(row: Row, file: WitnessFile | null): Promise<string | null> {
    if (this.driver.dialect === 'postgres') {
      const isOurs = row.witness === (await this.#postgresWitness())
      return isOurs ? null : 'this is a copy of the database that was at work before'
    }
    if (!this.witnessPath) return null
    if (!file || file.id !== row.id)
      return 'the file that bears witness to the original database is not beside it'
    if (file.inode !== file.ownInode) return 'the database and its witness were copied from elsewhere'
    if (file.seenAt > Number(row.seen_at))
      return 'this is an older state of the database that was at work before'
    return null
  }

  async #postgresWitness(): Promise<string | null> {
    if (this.driver.dialect !== 'postgres') return null
    return (await this.driver.read(POSTGRES_WITNESS, []))[0].witness as string
  }

  /** Written in place: a new file would have another inode. */
  async #writeWitness(id: string, seenAt: number): Promise<void> {
    if (!this.witnessPath || this.driver.dialect === 'postgres') return
    await writeFile(this.witnessPath, '', { flag: 'a', mode: 0o600 })
    const { ino: inode } = await stat(this.witnessPath)
    // Always the same length, so that a write over the old text leaves nothing of it behind.
    await writeFile(this.witnessPath, JSON.stringify({ id, seenAt, inode }).padEnd(LENGTH), { flag: 'r+' })
  }
}

async function readWitness(path: string): Promise<WitnessFile | null> {
  try {
    return { ...JSON.parse(await readFile(path, 'utf8')), ownInode: (await stat(path)).ino }
  } catch {
    return null
  }
}
