import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { shapeProblem } from '#simulator/check_shape'
import { SimulatorClock } from '#simulator/clock'
import { control } from '#simulator/control'
import { DIALECTS } from '#simulator/dialects/index'
import { HANDLERS } from '#simulator/doors/handlers'
import { refuse, visitOf, type Outcome } from '#simulator/doors/visit'
import { refusal } from '#simulator/failures'
import { readIncoming, type Incoming } from '#simulator/incoming'
import { cut, send } from '#simulator/send'
import { TruthLog } from '#simulator/truth_log'
import type { Dialect } from '#simulator/types'
import { Vendor } from '#simulator/vendor'

export interface SimulatorOptions {
  /** 0: any free port. */
  port?: number
  clock?: { now(): number }
  /** All that come with it unless told. */
  dialects?: readonly Dialect[]
}

/**
 * Vendors on loopback: one HTTP server that answers as each of them does, under `/<dialect>/<vendor host>/<path>`. It
 * keeps the truth about every token and logs who presented what. Nothing is stored beyond its life.
 */
export class Simulator {
  readonly log = new TruthLog()
  readonly clock: SimulatorClock
  readonly #vendors: Map<string, Vendor>

  private constructor(
    private readonly server: Server,
    { clock = Date, dialects = DIALECTS }: SimulatorOptions
  ) {
    this.clock = new SimulatorClock(clock)
    this.#vendors = new Map(dialects.map((dialect) => [dialect.id, new Vendor(dialect, this.clock)]))
  }

  /** Listens on loopback only. Rejects where the port is taken. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const server = createServer()
    const simulator = new Simulator(server, options)
    server.on('request', (request, response) => {
      simulator.#handle(request, response).catch((error: Error) => {
        // Whoever is at fault, the other vendors go on.
        send(response, { status: 500, body: { simulator: error.message } }, simulator.clock.now())
      })
    })
    server.listen(options.port ?? 0, '127.0.0.1')
    await once(server, 'listening')
    return simulator
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  vendors(): Vendor[] {
    return [...this.#vendors.values()]
  }

  /** Throws where there is no such dialect. */
  vendor(dialect: string): Vendor {
    const vendor = this.#vendors.get(dialect)
    if (!vendor)
      throw new Error(`There is no dialect "${dialect}"; there are ${[...this.#vendors.keys()].join(', ')}`)
    return vendor
  }

  /** The vendor that a provider definition talks to; null where none of the dialects serves it. */
  vendorOf(provider: string): Vendor | null {
    return this.vendors().find(({ dialect }) => dialect.serves.includes(provider)) ?? null
  }

  /** The address under which a vendor URL is answered here; null where no dialect stands for its host. */
  urlFor(vendorUrl: string): string | null {
    const parts = /^https:\/\/([^/?#]+)([^?#]*)(.*)$/s.exec(vendorUrl)
    if (!parts) return null
    const [, host, path, rest] = parts
    const vendors = this.vendors().filter((vendor) => vendor.answersAt(host))
    const vendor = vendors.find((one) => one.doorsAt(host, path || '/').length > 0) ?? vendors.at(0)
    return vendor ? `${this.origin}/${vendor.dialect.id}/${host}${path || '/'}${rest}` : null
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const incoming = await readIncoming(request)
    if (incoming.dialect === '_control') return control(this, incoming, response)
    const vendor = this.#vendors.get(incoming.dialect)
    if (!vendor) return send(response, NOBODY, this.clock.now())
    const outcome = this.#answer(vendor, incoming)
    if (outcome.reply === 'cut') cut(response)
    else send(response, outcome.reply, this.clock.now())
  }

  #answer(vendor: Vendor, incoming: Incoming): Outcome {
    const now = this.clock.now()
    const visit = visitOf(vendor, incoming, now)
    const outcome = visit ? judge(visit) : noDoor(vendor)
    this.log.add({
      at: now,
      dialect: vendor.dialect.id,
      url: `https://${incoming.host}${incoming.path}`,
      method: incoming.method,
      account: outcome.account?.id ?? null,
      presented: outcome.presented,
      verdict: outcome.verdict,
      violation: outcome.violation,
    })
    return outcome
  }
}

const NOBODY = { status: 404, body: { error: 'no_such_dialect' } }

function judge(visit: NonNullable<ReturnType<typeof visitOf>>): Outcome {
  const { vendor, door, incoming, params } = visit
  const fits = Object.entries(door.when ?? {}).every(([name, rule]) => rule.test(params[name] ?? ''))
  // What another grant would need says nothing about a grant that nobody knows.
  const asked = fits ? door : { ...door, params: {}, refuses: [] }
  const problem = shapeProblem(vendor.dialect, asked, incoming) ?? (fits ? null : 'grant')
  return problem ? refuse(visit, problem) : HANDLERS[door.does](visit)
}

function noDoor(vendor: Vendor): Outcome {
  const reply = refusal(vendor.dialect, 'path')
  return { reply, account: null, presented: null, verdict: 'wrong: path', violation: 'path' }
}
