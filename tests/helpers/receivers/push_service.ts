import { createECDH, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openPush, type BrowserKeys, type OpenedPush } from '#tests/helpers/receivers/push_decryption'
import { checkVapid } from '#tests/helpers/receivers/vapid_check'

/** A message that the service took, opened as the browser would. */
export interface TakenPush extends OpenedPush {
  ttl: number
  urgency: string | undefined
  topic: string | undefined
  sub: string
}

/** A browser that subscribed here. */
export interface Subscribed {
  id: string
  endpoint: string
  p256dh: string
  auth: string
}

interface Subscription {
  keys: BrowserKeys
  /** Only messages signed with this key are taken (Push API, `applicationServerKey`). */
  applicationServerKey: string
  gone: boolean
  taken: TakenPush[]
}

/** An answer that is given instead of the service's own. */
interface Scripted {
  status: number
  headers?: Record<string, string>
  body?: string
}

const LARGEST = 4096
const URGENCIES = ['very-low', 'low', 'normal', 'high']

/**
 * A push service on loopback that keeps to RFC 8030 and takes nothing that a real one would refuse: TTL, urgency and
 * topic are checked, tokens verified by RFC 8292, messages opened by RFC 8291 with keys that the sender never sees.
 */
export class PushService {
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #script: Scripted[] = []
  /** Every answer that was given, oldest first. */
  readonly answers: { status: number; why: string }[] = []
  now: () => number = Date.now

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PushService> {
    const http = createServer((request, response) => void service.#handle(request, response))
    const service = new PushService(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return service
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Subscribes a browser, as `pushManager.subscribe({ applicationServerKey })` does. */
  subscribe(applicationServerKey: string): Subscribed {
    const curve = createECDH('prime256v1')
    const publicKey = curve.generateKeys()
    // Keys of fewer digits are shorter, too.
    const privateKey = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()]).subarray(-32)
    const keys = { publicKey, privateKey, auth: randomBytes(16) }
    const id = randomBytes(18).toString('base64url')
    this.#subscriptions.set(id, { keys, applicationServerKey, gone: false, taken: [] })
    const [p256dh, auth] = [publicKey, keys.auth].map((bytes) => bytes.toString('base64url'))
    return { id, endpoint: `${this.origin}/push/${id}`, p256dh, auth }
  }

  /** What waits for a browser, oldest first; a message takes the place of one with the same topic (RFC 8030 §5.4). */
  takenFor(id: string): readonly TakenPush[] {
    return this.#subscriptions.get(id)?.taken ?? []
  }

  /** The browser has unsubscribed, or its subscription has run out. */
  expire(id: string): void {
    const subscription = this.#subscriptions.get(id)
    if (subscription) subscription.gone = true
  }

  /** The next requests get these answers. */
  next(...answers: Scripted[]): void {
    this.#script.push(...answers)
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request)
    const scripted = this.#script.shift()
    if (scripted) return this.#answer(response, scripted)
    const id = /^\/push\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? ''
    this.#answer(response, this.#judge(request, body, this.#subscriptions.get(id)))
  }

  #judge(request: IncomingMessage, body: Buffer, subscription: Subscription | undefined): Scripted {
    const refuse = (status: number, why: string) => ({ status, body: why })
    const { headers, method } = request
    if (!subscription) return refuse(404, 'unknown subscription')
    if (subscription.gone) return refuse(410, 'expired subscription')
    if (method !== 'POST') return refuse(405, 'only POST')
    if (body.length > LARGEST) return refuse(413, 'payload too large')
    const problem = headerProblem(request)
    if (problem) return refuse(400, problem)
    const verdict = checkVapid(headers.authorization, this.origin, this.now())
    if (!verdict.ok) return refuse(verdict.status, verdict.why)
    if (verdict.key !== subscription.applicationServerKey) return refuse(403, 'key of another sender')
    return this.#take(subscription, body, request, verdict.sub)
  }

  #take(subscription: Subscription, body: Buffer, { headers }: IncomingMessage, sub: string): Scripted {
    const { keys, taken } = subscription
    const topic = headers.topic as string | undefined
    const message = {
      ...openPush(body, keys),
      ttl: Number(headers.ttl),
      urgency: headers.urgency as string | undefined,
      topic,
      sub,
    }
    const same = topic === undefined ? -1 : taken.findIndex((one) => one.topic === topic)
    if (same === -1) taken.push(message)
    else taken[same] = message
    const location = `${this.origin}/message/${randomBytes(12).toString('base64url')}`
    return { status: 201, headers: { Location: location, TTL: String(message.ttl) } }
  }

  #answer(response: ServerResponse, { status, headers, body = '' }: Scripted): void {
    this.answers.push({ status, why: body })
    response.writeHead(status, headers).end(body)
  }
}

/** RFC 8030 §5.2 to §5.4, and RFC 8291 §4. */
function headerProblem({ headers }: IncomingMessage): string | null {
  const { ttl, urgency, topic } = headers as Record<string, string | undefined>
  if (!/^\d+$/.test(ttl ?? '')) return 'TTL is missing or no number'
  if (urgency !== undefined && !URGENCIES.includes(urgency)) return 'unknown urgency'
  if (topic !== undefined && !/^[\w-]{1,32}$/.test(topic)) return 'malformed topic'
  return headers['content-encoding'] === 'aes128gcm' ? null : 'unknown content encoding'
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
