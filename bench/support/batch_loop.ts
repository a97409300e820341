import db from '@adonisjs/lucid/services/db'
import { Agent, request } from 'undici'
import { Secret } from '#oauth/secret'
import { AGENT_OPTIONS, HEADERS } from './bare_client.js'
import { dueFile, removeFile } from './databases.js'
import type { Contestant } from './race.js'
import { benchVault } from './rows.js'
import type { Context } from './types.js'

const BATCH = 5

interface Row {
  id: string
  organization_id: string
  refresh_token: string
}

interface Answer {
  access_token: string
  refresh_token: string
  expires_in: number
}

/**
 * The loop that one finds in most applications: all due accounts are loaded, five at a time are refreshed under
 * `Promise.all`, each is saved by an update of its own. To its advantage it has our HTTP client, our sealing and a
 * database in the same mode as ours; it has no claim, no fence and no log.
 */
export async function batchLoop(context: Context, url: string, count: number): Promise<Contestant> {
  const file = await dueFile(context, { count })
  const dispatcher = new Agent(AGENT_OPTIONS)
  const vault = benchVault(context.seed)
  const connection = openConnection(file)

  const refresh = async (row: Row) => {
    const place = (column: string) => ({ organizationId: row.organization_id, connectionId: row.id, column })
    const opened = vault.open(row.refresh_token, place('refresh_token'))
    if (!opened.ok) throw new Error(opened.reason)
    const fields = { grant_type: 'refresh_token', refresh_token: opened.secret.reveal() }
    const form = new URLSearchParams(fields).toString()
    const { body } = await request(url, { method: 'POST', headers: HEADERS, body: form, dispatcher })
    const answer = (await body.json()) as Answer
    const expiresAt = Date.now() + answer.expires_in * 1000
    await connection()
      .from('connections')
      .where('id', row.id)
      .update({
        access_token: vault.seal(new Secret(answer.access_token), place('access_token')),
        refresh_token: vault.seal(new Secret(answer.refresh_token), place('refresh_token')),
        token_expires_at: expiresAt,
        updated_at: Date.now(),
      })
  }

  return {
    name: 'batches of five',
    async run() {
      const rows: Row[] = await connection().from('connections').select('*')
      for (let from = 0; from < rows.length; from += BATCH) {
        await Promise.all(rows.slice(from, from + BATCH).map(refresh))
      }
      return rows.length
    },
    async close() {
      await dispatcher.close()
      await db.manager.close('loop', true)
      removeFile(file)
    },
  }
}

function openConnection(filename: string) {
  db.manager.add('loop', {
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    pool: {
      afterCreate(connection: { pragma(source: string): unknown }, done: (error: Error | null) => void) {
        for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) connection.pragma(pragma)
        done(null)
      },
    },
  })
  return () => db.connection('loop')
}
