import ace from '@adonisjs/core/services/ace'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { StartFailure } from '#exceptions/start_failure'
import { buildAudit } from '#services/audit/build_audit'
import type { Engine } from '#services/build_engine'
import { openDriver } from '#services/open_driver'
import { systemClock } from '#services/system_clock'
import { lendToApplication } from '#tests/helpers/api_caller'
import type { Dialect } from '#tests/helpers/engine_fixture'

type Cleanup = (work: () => Promise<void>) => void

/** Until the end of the test, commands run with `aceHere` work with this engine of `engineFixture`, on its database. */
export async function lendToCommands(cleanup: Cleanup, dialect: Dialect, engine: Engine): Promise<void> {
  await lendToApplication((work) => cleanup(async () => work()), { engine })
  if (dialect === 'sqlite') return
  const own = { connection: db.primaryConnectionName, audit: await app.container.make('audit') }
  db.primaryConnectionName = 'test_pg'
  const audit = buildAudit({
    driver: openDriver(db.connection()),
    clock: systemClock,
    onTrouble: console.error,
  })
  app.container.bindValue('audit', audit)
  cleanup(async () => {
    app.container.bindValue('audit', own.audit)
    db.primaryConnectionName = own.connection
    await audit.close()
  })
}

export interface AceResult {
  code: number
  stdout: string
  stderr: string
}

/**
 * Runs a command of ours within this process, on its database, and keeps what it prints: a process takes a second to
 * boot. A missing argument or an unknown flag shows in the exit code of a process only. A failure that the command has told
 * in a sentence is in the result, any other is thrown.
 */
export async function aceHere(name: string, ...args: string[]): Promise<AceResult> {
  await ace.boot()
  const result = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((stream) => {
    const { write } = process[stream]
    process[stream].write = (chunk: string | Uint8Array) => {
      result[stream] += String(chunk)
      return true
    }
    return () => void (process[stream].write = write)
  })
  const listeners = process.stdout.listeners('error')
  try {
    const command = await ace.exec(name, args)
    if (command.error && !(command.error instanceof StartFailure)) throw command.error
    return { code: command.exitCode ?? 0, ...result }
  } finally {
    for (const one of process.stdout.listeners('error').filter((listener) => !listeners.includes(listener)))
      process.stdout.off('error', one as () => void)
    for (const back of restore) back()
  }
}
