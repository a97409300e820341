/**
 * The loop that most applications have: select what is due, post it in batches of five, update. No journal, no lease, no
 * second look. Tokens lie in the row as they are. One loop per provider, as one cron job each would be.
 */
import Database from 'better-sqlite3'
import { serve, settings } from '#tests/helpers/lab/remote_process'

export interface NaiveSettings {
  file: string
  endpoint: string
  providers: readonly { id: string }[]
}

type NaivePoint = 'settling' | 'settled'

interface DueRow {
  id: string
  refresh_token: string
}

const { file, endpoint, providers } = settings<NaiveSettings>()
const HEADERS = {
  'content-type': 'application/x-www-form-urlencoded',
  'authorization': `Basic ${Buffer.from('client:client-secret').toString('base64')}`,
}
const BATCH = 5
let database: Database.Database | null = null
let offset = 0
let armed: { point: NaivePoint; left: number } | null = null

function opened(): Database.Database {
  if (!database) throw new Error('the worker is not open')
  return database
}

function open(moved: number): void {
  offset = moved
  database = new Database(file, { timeout: 5_000 })
  database.pragma('synchronous = FULL')
}

function reach(point: NaivePoint): void {
  if (armed?.point !== point) return
  armed.left -= 1
  if (armed.left === 0) process.kill(process.pid, 'SIGKILL')
}

async function refresh({ id, refresh_token: token }: DueRow): Promise<void> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token })
  const response = await fetch(endpoint, { method: 'POST', headers: HEADERS, body })
  const answer = (await response.json()) as Record<string, string>
  if (answer.error === 'invalid_grant') {
    const deactivate = `UPDATE connections SET status = 'needs_reauth', is_active = 0, error_code = 'invalid_grant' WHERE id = ?`
    return void opened().prepare(deactivate).run(id)
  }
  if (!response.ok) return
  reach('settling')
  const due = Date.now() + offset + Number(answer.expires_in) * 1000
  opened()
    .prepare('UPDATE connections SET access_token = ?, refresh_token = ?, next_refresh_at = ? WHERE id = ?')
    .run(answer.access_token, answer.refresh_token ?? token, due, id)
  reach('settled')
}

async function loop(provider: string): Promise<void> {
  const due = opened()
    .prepare(
      'SELECT id, refresh_token FROM connections WHERE provider = ? AND is_active AND next_refresh_at <= ?'
    )
    .all(provider, Date.now() + offset) as DueRow[]
  for (let first = 0; first < due.length; first += BATCH) {
    await Promise.allSettled(due.slice(first, first + BATCH).map(refresh))
  }
}

serve({
  open,
  async sweep() {
    await Promise.all(providers.map(({ id }) => loop(id)))
  },
  advance: (milliseconds: number) => void (offset += milliseconds),
  arm: (trap: { point: NaivePoint; after: number }) => void (armed = { point: trap.point, left: trap.after }),
})
