import { createTransport } from '#oauth/transport'
import { Secret } from '#oauth/secret'
import type { OutgoingRequest, Transport } from '#oauth/types'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { dueFile, removeFile, rewindFile } from '../support/databases.js'
import { quietReport, startBenchEngine, sweep } from '../support/engine.js'
import { startEndpoint } from '../support/provider.js'
import type { Context, Measure, Samples, Series } from '../support/types.js'

const COUNT = 2_000
const WIDTH = 50
const DELAY = 50

const monotonic = () => Number(process.hrtime.bigint()) / 1e6

/**
 * Stamps each answer when it has been read, and takes the stamp back when its refresh is reported, which happens as soon
 * as its commit is durable. Which answer belongs to which connection follows from the chain of refresh tokens.
 */
class Stamps {
  readonly #connectionOf = new Map<string, string>()
  readonly #open = new Map<string, { readAt: number; sentAt: number }>()
  fromRead: number[] = []
  fromSent: number[] = []

  remember = (connectionId: string, refreshToken: string) => {
    this.#connectionOf.set(refreshToken, connectionId)
  }

  answered(request: OutgoingRequest, body: string): void {
    const readAt = monotonic()
    const presented = request.body?.fields.refresh_token
    const token = presented instanceof Secret ? presented.reveal() : ''
    const connectionId = this.#connectionOf.get(token)
    if (!connectionId) throw new Error('an answer to a token that nobody holds')
    const answer = JSON.parse(body) as { refresh_token: string; sent_at: string }
    this.#connectionOf.delete(token)
    this.#connectionOf.set(answer.refresh_token, connectionId)
    this.#open.set(connectionId, { readAt, sentAt: Number(BigInt(answer.sent_at)) / 1e6 })
  }

  committed = (connectionId: string) => {
    const stamp = this.#open.get(connectionId)
    if (!stamp) throw new Error('a commit without an answer')
    this.#open.delete(connectionId)
    const now = monotonic()
    this.fromRead.push(now - stamp.readAt)
    this.fromSent.push(now - stamp.sentAt)
  }

  /** What was gathered since the last call. */
  take(): { fromRead: number[]; fromSent: number[] } {
    const { fromRead, fromSent } = this
    this.fromRead = []
    this.fromSent = []
    return { fromRead, fromSent }
  }
}

function stampingTransport(stamps: Stamps): Transport & { close(): Promise<void> } {
  const transport = createTransport({ clock: systemClock })
  return {
    async send(request, options) {
      const exchange = await transport.send(request, options)
      if (exchange.ok) stamps.answered(request, exchange.body)
      return exchange
    },
    close: () => transport.close(),
  }
}

async function measureWindow(context: Context): Promise<Samples> {
  const { seed, rounds, scale, progress } = context
  const count = Math.round(COUNT * scale)
  const stamps = new Stamps()
  const file = await dueFile(context, { count, onRow: stamps.remember })
  const endpoint = await startEndpoint({ delay: DELAY, jitter: DELAY, seed })
  const engine = await startBenchEngine({
    driver: openSqliteDriver(file, systemClock),
    tokenEndpoint: endpoint.url,
    seed,
    concurrency: WIDTH,
    report: quietReport((claim) => stamps.committed(claim.connectionId)),
    transport: stampingTransport(stamps),
  })
  const read: Series = { unit: 'ms', rounds: [] }
  const sent: Series = { unit: 'ms', rounds: [] }
  for (let round = 0; round <= rounds; round++) {
    if (round > 0) rewindFile(file)
    await sweep(engine, count)
    const { fromRead, fromSent } = stamps.take()
    progress(`round ${round} of ${rounds}`)
    if (round === 0) continue
    read.rounds.push(fromRead)
    sent.rounds.push(fromSent)
  }
  await engine.close()
  endpoint.close()
  removeFile(file)
  return { series: { read, sent }, notes: [`${count} refreshes per round with ${WIDTH} in flight`] }
}

export const measure: Measure = {
  name: 'commit-window',
  how:
    'A sweep on SQLite against a provider that answers after 50 to 100 ms. Each answer is stamped when its last byte has ' +
    'been read and again when the commit that keeps it is durable; the provider also writes into each answer when it ' +
    'sent it, on the same clock. Percentiles of 2 000 answers per round.',
  figures: [
    {
      title: 'last byte read → committed, p99',
      unit: 'ms',
      of: { series: 'read', percentile: 99 },
      target: { is: 'below', value: 5 },
    },
    { title: 'last byte read → committed, p50', unit: 'ms', of: { series: 'read' }, target: null },
    {
      title: 'sent by the provider → committed, p99',
      unit: 'ms',
      of: { series: 'sent', percentile: 99 },
      target: null,
    },
  ],
  run: measureWindow,
}
