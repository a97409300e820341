import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import retention from '#config/retention'
import { lastGoodBackup, type GoodBackup } from '#services/backup/backup_check'
import type { Engine } from '#services/build_engine'
import { isOldBackup } from '#services/doctor/judge_installation'
import { KeyRetirement } from '#services/key_retirement'
import { openDriver } from '#services/open_driver'
import type { StoreDriver } from '#store/driver'

/** What is kept, under which keys, and for how long. Lengths in milliseconds. */
export interface DataFacts {
  newestKey: string
  /** How many sealed records are left under each older key that is not retired. */
  older: Readonly<Record<string, number>>
  retention: { key: string; variable: string; length: number; isCount: boolean }[]
  dialect: 'sqlite' | 'postgres'
  /** The last backup that could have been restored, and when that was found; null where there was none. */
  backup: (GoodBackup & { at: number; isOld: boolean }) | null
  /** The database file, from the application's folder, and its bytes; null on PostgreSQL. */
  file: string | null
  size: number | null
}

/** Reads the facts of the page about data; changes nothing. */
export async function dataFacts({ vault, workers, clock }: Engine): Promise<DataFacts> {
  const driver = openDriver(db.connection())
  try {
    const newestKey = vault.currentKeyId
    const retirement = new KeyRetirement({ driver, newest: newestKey, workerId: workers.id })
    const { dialect } = driver
    return {
      newestKey,
      older: await retirement.countLeft(),
      retention: Object.entries(retention).map(([key, length]) => ({
        ...{ key, length, variable: variableOf(key) },
        isCount: key === 'attemptsPerConnection',
      })),
      dialect,
      backup: await readBackup(driver, clock.now()),
      ...(dialect === 'sqlite' ? await fileFacts() : { file: null, size: null }),
    }
  } finally {
    await driver.close()
  }
}

async function readBackup(driver: StoreDriver, now: number): Promise<DataFacts['backup']> {
  const good = await lastGoodBackup(driver)
  return good && { ...good.fact, at: good.at, isOld: isOldBackup(now - good.at) }
}

/** `attemptsPerConnection` is set by `RETENTION_ATTEMPTS_PER_CONNECTION`. */
function variableOf(key: string): string {
  return `RETENTION_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}

async function fileFacts() {
  const { filename } = db.connection().getWriteClient().client.config.connection
  return { file: relative(app.makePath(), filename), size: (await stat(filename)).size }
}
