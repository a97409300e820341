import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'

/** What a request was answered, to be said again. */
export interface KeptAnswer {
  status: number
  location: string | null
  /** JSON. */
  body: string
}

export interface KeyedRequest {
  apiKeyId: string
  /** The caller's own text. */
  key: string
  /** A hash over everything that the request asks for. */
  fingerprint: string
}

/** `new`: the caller goes on and tells how it ended. */
export type Claimed =
  | { type: 'new' }
  | { type: 'answered'; answer: KeptAnswer }
  | { type: 'in_flight' }
  | { type: 'other_request' }

const HOUR = 60 * 60_000
/** Answers are kept for so long; afterwards the same key is a new one. */
const KEPT = 24 * HOUR
/** No request takes that long: one that is older was left behind by a process that died. */
const LONGEST = 5 * 60_000

const CLEAN = 'DELETE FROM idempotency_keys WHERE created_at < ?t'
const ENTER = `INSERT INTO idempotency_keys (api_key_id, key, fingerprint, created_at) VALUES (?, ?, ?, ?t)
  ON CONFLICT (api_key_id, key) DO NOTHING`
const READ = 'SELECT * FROM idempotency_keys WHERE api_key_id = ? AND key = ?'
const TAKE_OVER = `UPDATE idempotency_keys SET created_at = ?t
  WHERE api_key_id = ? AND key = ? AND status IS NULL AND created_at < ?t`
const KEEP = 'UPDATE idempotency_keys SET status = ?, location = ?, body = ? WHERE api_key_id = ? AND key = ?'
const FORGET = 'DELETE FROM idempotency_keys WHERE api_key_id = ? AND key = ?'

/** Requests that a caller may repeat without doing something twice, by a key of its choice (`Idempotency-Key`). */
export class IdempotentRequests {
  constructor(private readonly driver: StoreDriver) {}

  /** Enters a request, or tells what became of the one that came first. */
  begin(request: KeyedRequest): Promise<Claimed> {
    return this.driver.transaction(() => claim(request))
  }

  /** Keeps the answer for whoever asks again. */
  async finish({ apiKeyId, key }: KeyedRequest, { status, location, body }: KeptAnswer): Promise<void> {
    await this.driver.transaction(() => run(KEEP, [status, location, body, apiKeyId, key]))
  }

  /** The request came to nothing: the next one with its key is a new one. */
  async forget({ apiKeyId, key }: KeyedRequest): Promise<void> {
    await this.driver.transaction(() => run(FORGET, [apiKeyId, key]))
  }
}

function* claim({ apiKeyId, key, fingerprint }: KeyedRequest): Work<Claimed> {
  const at = yield* now()
  yield* run(CLEAN, [at - KEPT])
  if ((yield* run(ENTER, [apiKeyId, key, fingerprint, at])) > 0) return { type: 'new' }
  const [row] = yield* all(READ, [apiKeyId, key])
  if (!row) return { type: 'in_flight' }
  if (row.fingerprint !== fingerprint) return { type: 'other_request' }
  if (row.status !== null) return { type: 'answered', answer: answerIn(row) }
  return (yield* run(TAKE_OVER, [at, apiKeyId, key, at - LONGEST])) > 0
    ? { type: 'new' }
    : { type: 'in_flight' }
}

function answerIn({ status, location, body }: Row): KeptAnswer {
  return { status: Number(status), location: location as string | null, body: body as string }
}
