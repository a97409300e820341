import { uuid } from '#models/uuid'
import { ChannelService } from '#notifications/channel_service'
import type { NotificationSettings } from '#notifications/build_notifications'
import type { Dialect } from '#tests/helpers/engine_fixture'
import { HttpReceiver } from '#tests/helpers/receivers/http_receiver'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'
import { LabClock } from '#tests/helpers/lab/lab_clock'
import { LabDatabase, type DatabasePlace } from '#tests/helpers/lab/lab_database'
import { labVault, type LabProvider } from '#tests/helpers/lab/lab_engine'
import type { DeliveryPoint } from '#tests/helpers/lab/notification_points'
import { RemoteProcess } from '#tests/helpers/lab/remote_process'

export interface NotifierWorkerSettings {
  place: DatabasePlace
  endpoint: string
  providers: readonly LabProvider[]
  notifications: NotificationSettings
}

/** What a kill and a recovery left behind. */
export interface Aftermath {
  killed: boolean
  /** Of the connections: ended at the provider, with an event, told to the receiver. */
  deactivated: number
  events: number
  told: number
  /** Most ids under which one of them was told. */
  ids: number
  /** Messages that arrived more than once. */
  repeated: number
  /** Deliveries that are anything but delivered. */
  unfinished: number
}

const MAIN = new URL('./notifier_main.ts', import.meta.url)
const PROVIDER: LabProvider = { id: 'lab-static', reuse: 'static' }
const GATHER = 30 * SECOND
const LEASE_END = 2 * MINUTE
/** Longer than a matter stays open: each trial's transitions are a matter of their own. */
const BETWEEN_TRIALS = 3 * HOUR
/** Workers that load their modules while others are being killed. */
const KEPT_WARM = 2

export const ACCOUNTS = 3

/** Kills workers between the settlement of a refresh and the end of its delivery. */
export class NotificationKills {
  readonly #warm: RemoteProcess[] = []
  readonly #clock = new LabClock()
  #worker: RemoteProcess | null = null
  #trial = 0
  #victim = 0

  private constructor(
    private readonly database: LabDatabase,
    private readonly provider: HttpReceiver,
    private readonly receiver: HttpReceiver
  ) {}

  static async open(
    dialect: Dialect,
    cleanup: (work: () => Promise<void>) => void
  ): Promise<NotificationKills> {
    const provider = await HttpReceiver.start(cleanup)
    const body = JSON.stringify({ error: 'invalid_grant' })
    provider.behaviour = () => ({ status: 400, headers: { 'content-type': 'application/json' }, body })
    const receiver = await HttpReceiver.start(cleanup)
    const clock = new LabClock()
    const database = await LabDatabase.open(dialect, clock)
    const kills = new NotificationKills(database, provider, receiver)
    cleanup(() => kills.#close())
    await kills.#subscribe()
    receiver.behaviour = () => {
      if (kills.#victim === 0) return { status: 204 }
      process.kill(kills.#victim, 'SIGKILL')
      kills.#victim = 0
    }
    return kills
  }

  /** Lets a worker die at a point, and another one finish, which is the next to die. */
  async trial(point: DeliveryPoint): Promise<Aftermath> {
    const worker = this.#worker ?? (await this.#next())
    await this.#pass(BETWEEN_TRIALS, worker)
    this.receiver.received.length = 0
    const ids = await this.#seed()
    if (point === 'received') this.#victim = worker.pid
    else await worker.call('arm', point)
    const survived = await this.#work(worker).then(
      () => true,
      () => false
    )
    const { signal } = survived ? await worker.end() : await worker.exited
    this.#worker = await this.#recover()
    const aftermath = await this.#judge(ids)
    for (const table of ['notifications', 'deliveries', 'connections'])
      await this.database.run(`DELETE FROM ${table}`)
    return { killed: !survived && signal === 'SIGKILL', ...aftermath }
  }

  /** An organization that hears of everything by a webhook. */
  async #subscribe(): Promise<void> {
    await this.database.seed([])
    const [{ id: organization }] = await this.database.all('SELECT id FROM organizations')
    const driver = this.database.driverFor(this.#clock)
    const channels = new ChannelService({ driver, vault: labVault(), allowPrivate: true })
    const channel = { kind: 'webhook', name: 'Ours', target: this.receiver.url() } as const
    const added = await channels.create(organization as string, channel)
    await driver.close()
    if (!added.ok) throw new Error(added.problems.map(({ message }) => message).join(' '))
    await this.database.run(
      `INSERT INTO notification_rules (id, organization_id, name, channels, created_at) VALUES (?, ?, ?, ?, ?t)`,
      [uuid(), organization as string, 'All', JSON.stringify([added.id]), this.#clock.now()]
    )
  }

  /** Accounts whose first strike has fallen and whose second is due. */
  async #seed(): Promise<string[]> {
    this.#trial += 1
    const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `account-${this.#trial}-${index}`)
    const ids = await this.database.seed(
      accounts.map((account) => ({ account, provider: PROVIDER.id, token: `rt-${account}` }))
    )
    const now = this.#clock.now()
    await this.database.run(
      'UPDATE connections SET token_refresh_failed_at = ?t, next_refresh_at = ?t, token_expires_at = ?t',
      [now - 16 * MINUTE, now, now + MINUTE]
    )
    return ids
  }

  async #work(worker: RemoteProcess): Promise<void> {
    await worker.call('sweep')
    await worker.call('dispatch')
    await this.#pass(GATHER, worker)
    await worker.call('deliver')
  }

  /** The next worker comes when every lease has ended, and does what is left to do. */
  async #recover(): Promise<RemoteProcess> {
    this.#victim = 0
    this.#clock.advance(LEASE_END)
    const worker = await this.#next()
    await worker.call('sweep')
    // A refresh that was cut off may owe its second strike.
    await this.#pass(15 * MINUTE, worker)
    await this.#work(worker)
    return worker
  }

  async #pass(milliseconds: number, worker: RemoteProcess): Promise<void> {
    this.#clock.advance(milliseconds)
    await worker.call('advance', milliseconds)
  }

  async #judge(ids: readonly string[]) {
    const connections = await this.database.all('SELECT id FROM connections WHERE is_active = false')
    const events = await this.database.all(
      "SELECT connection_id FROM events WHERE name = 'connection.deactivated' AND dispatched_at IS NOT NULL"
    )
    const unfinished = await this.database.all("SELECT id FROM deliveries WHERE state <> 'delivered'")
    const { received } = this.receiver
    const told = ids.map(
      (id) =>
        new Set(received.filter(({ body }) => body.includes(id)).map(({ headers }) => headers['webhook-id']))
    )
    const messages = new Set(received.map(({ headers }) => headers['webhook-id']))
    return {
      deactivated: connections.length,
      events: events.length,
      told: told.filter(({ size }) => size > 0).length,
      ids: Math.max(...told.map(({ size }) => size)),
      repeated: received.length - messages.size,
      unfinished: unfinished.length,
    }
  }

  async #next(): Promise<RemoteProcess> {
    const settings: NotifierWorkerSettings = {
      place: this.database.place,
      endpoint: this.provider.url('/token'),
      providers: [PROVIDER],
      notifications: {
        ...{ gather: GATHER, matterWindow: HOUR, timeout: 5 * SECOND, backoff: [5 * SECOND] },
        ...{
          disableAfter: 24 * HOUR,
          concurrency: { total: 20, perReceiver: 2 },
          allowPrivate: true,
          keep: HOUR,
        },
      },
    }
    while (this.#warm.length <= KEPT_WARM) this.#warm.push(RemoteProcess.start(MAIN, { settings }))
    const worker = this.#warm.shift()
    if (!worker) throw new Error('no worker is warm')
    await worker.call('open', this.#clock.offset)
    return worker
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#warm, ...(this.#worker ? [this.#worker] : [])].map((worker) => worker.end()))
    await this.database.close()
  }
}
