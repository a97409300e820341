import { open, rm } from 'node:fs/promises'
import db from '@adonisjs/lucid/services/db'
import Database from 'better-sqlite3'

export type BackupMade = { ok: true } | { ok: false; problem: 'exists' | 'no_folder' | 'on_postgres' }

const PROBLEMS: Readonly<Record<string, 'exists' | 'no_folder'>> = { EEXIST: 'exists', ENOENT: 'no_folder' }

/**
 * Copies a SQLite database that others work with into a new file, which only its owner may read, and returns when the copy
 * is on the disk. It holds the state of one moment, needs no file beside it, and never replaces anything. Rejects where
 * the disk does not take it; nothing is left of it then.
 */
async function makeBackup(source: string, target: string): Promise<BackupMade> {
  const file = await open(target, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    const problem = PROBLEMS[error.code ?? '']
    if (problem) return problem
    throw error
  })
  if (typeof file === 'string') return { ok: false, problem: file }
  const database = new Database(source, { readonly: true, fileMustExist: true })
  try {
    // An empty file is the only one that it writes into.
    database.prepare('VACUUM INTO ?').run(target)
    await file.sync()
    return { ok: true }
  } catch (error) {
    await rm(target, { force: true })
    throw error
  } finally {
    database.close()
    await file.close()
  }
}

/** The same of the database that this installation works with, where that is SQLite. */
export async function backUpHere(target: string): Promise<BackupMade> {
  const connection = db.connection()
  if (connection.dialect.name === 'postgres') return { ok: false, problem: 'on_postgres' }
  return makeBackup(connection.getWriteClient().client.config.connection.filename, target)
}
