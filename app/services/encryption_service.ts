import db from '@adonisjs/lucid/services/db'
import type { Engine } from '#services/build_engine'
import { KeyRetirement, type OlderProcess } from '#services/key_retirement'
import { KeyRotation, type RotationOptions, type UnreadableRow } from '#services/key_rotation'
import { openDriver } from '#services/open_driver'
import type { StoreDriver } from '#store/driver'

export interface RotateOptions extends RotationOptions {
  /** Takes the older processes for ended. */
  force?: boolean
}

export type RotateAnswer =
  | { type: 'refused'; processes: OlderProcess[] }
  | {
      type: 'rotated'
      key: string
      rewrapped: number
      unreadable: UnreadableRow[]
      /** How many connections and providers are left under each older key that is not retired. */
      left: Record<string, number>
      retired: string[]
      interrupted: boolean
    }

type Parts = Pick<Engine, 'vault' | 'workers'>

/** Moves all tokens and provider secrets of all organizations under the newest key, then retires the keys that became unused. */
export class EncryptionService {
  readonly #rotation: KeyRotation
  readonly #retirement: KeyRetirement

  constructor(
    private readonly driver: StoreDriver,
    private readonly engine: Parts
  ) {
    const { vault, workers } = engine
    this.#rotation = new KeyRotation({ driver, vault })
    this.#retirement = new KeyRetirement({ driver, newest: vault.currentKeyId, workerId: workers.id })
  }

  /** The service on a connection of its own; `close` it after use. */
  static open(engine: Parts): EncryptionService {
    return new EncryptionService(openDriver(db.connection()), engine)
  }

  /**
   * Refuses while a process lives that was started before the newest key was there: it would take every token that is
   * moved for unreadable, and might go on sealing under a key that is about to be retired.
   */
  async rotate({ force = false, ...options }: RotateOptions = {}): Promise<RotateAnswer> {
    if (!force) {
      const processes = await this.#retirement.olderProcesses()
      if (processes.length > 0) return { type: 'refused', processes }
    }
    const { rewrapped, unreadable, interrupted } = await this.#rotation.run(options)
    const retired = interrupted ? [] : await this.#retirement.retireUnused()
    const left = await this.#retirement.countLeft()
    const key = this.engine.vault.currentKeyId
    return { type: 'rotated', key, rewrapped, unreadable, left, retired, interrupted }
  }

  close(): Promise<void> {
    return this.driver.close()
  }
}
