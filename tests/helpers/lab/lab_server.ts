/** The token endpoint of the laboratory: a process of its own, steered by its parent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ANSWER_FAULTS, type FaultName } from '#tests/helpers/lab/answer_faults'
import { Barrier, KillTrap, type ServerPoint } from '#tests/helpers/lab/barrier'
import { Grants, type LabReuse } from '#tests/helpers/lab/grants'
import { serve, settings } from '#tests/helpers/lab/remote_process'
import { TruthLog, type TruthEntry } from '#tests/helpers/lab/truth_log'

interface LabSettings {
  truth: string
  expiresIn: number
}

/** One request, bound to its account when it arrived. */
interface Visit {
  request: number
  account: string
  token: string
  response: ServerResponse
  gone: Promise<void>
}

const { truth, expiresIn } = settings<LabSettings>()
const log = new TruthLog(truth)
const grants = new Grants()
const barrier = new Barrier()
const trap = new KillTrap()
const scripted = new Map<string, FaultName[]>()
const open = new Set<number>()
let standing: FaultName | null = null
let clientSecret = 'client-secret'
let latency = 0
let spread = 0
let offset = 0
let arrived = 0

const now = () => Date.now() + offset

function note(
  visit: Pick<Visit, 'request' | 'account'>,
  entry: Omit<TruthEntry, 'at' | 'request' | 'account'>
) {
  log.write({ at: now(), request: visit.request, account: visit.account, ...entry })
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const number = ++arrived
  const gone = new Promise<void>((resolve) => void response.once('close', resolve))
  open.add(number)
  void gone.then(() => open.delete(number))
  const body = await text(request)
  // A request that was cut off in the middle presents nothing.
  if (body === null) return
  const token = new URLSearchParams(body).get('refresh_token') ?? ''
  const account = grants.ownerOf(token)
  if (account === null) return say(response, 400, { error: 'invalid_grant' })
  const visit = { request: number, account, token, response, gone }
  note(visit, { event: 'presented', token })
  void gone.then(() => note(visit, { event: response.writableFinished ? 'closed' : 'cut' }))
  await stop('received', visit)
  if (latency > 0) await sleep(latency)
  if (!response.destroyed) await answer(visit, request)
}

async function stop(point: ServerPoint, { gone }: Visit): Promise<void> {
  await barrier.pass(point)
  await trap.pass(point, gone)
}

async function answer(visit: Visit, request: IncomingMessage): Promise<void> {
  const name = scripted.get(visit.account)?.shift() ?? standing
  const fault = name && ANSWER_FAULTS[name]
  if (fault) note(visit, { event: 'faulted', verdict: name })
  if (fault && !fault.processes) return fault.answer(visit.response, '')
  if (!authenticates(request)) return say(visit.response, 401, { error: 'invalid_client' })
  const presentation = grants.present(visit.account, visit.token, now())
  const { verdict } = presentation
  note(visit, { event: 'processed', token: visit.token, verdict, grant: grants.state(visit.account) })
  await log.flush()
  await stop('rotated', visit)
  if (spread > 0) await sleep((visit.request * 7) % spread)
  if (!('pair' in presentation)) return say(visit.response, 400, { error: 'invalid_grant' })
  const { access, refresh } = presentation.pair
  const body = {
    access_token: access,
    token_type: 'Bearer',
    expires_in: expiresIn,
    ...(refresh && { refresh_token: refresh }),
  }
  if (fault) return fault.answer(visit.response, JSON.stringify(body))
  say(visit.response, 200, body)
  await new Promise<void>((resolve) => void visit.response.once('finish', resolve))
  note(visit, { event: 'answered' })
  await stop('answered', visit)
}

function authenticates(request: IncomingMessage): boolean {
  const [, encoded] = (request.headers.authorization ?? '').split(' ')
  return Buffer.from(encoded ?? '', 'base64').toString() === `client:${clientSecret}`
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function text(request: IncomingMessage): Promise<string | null> {
  let body = ''
  try {
    for await (const chunk of request) body += chunk
    return body
  } catch {
    return null
  }
}

const connections = () =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))

/** Waits until no request is open; with `gone` also until every client has closed its connections. */
async function idle({ gone }: { gone: boolean }): Promise<void> {
  while (open.size > 0 || (gone && (await connections()) > 0)) await sleep(1)
  await log.flush()
}

const server = createServer((request, response) => void receive(request, response))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1')

serve({
  port: () => (server.address() as AddressInfo).port,
  async grant({ accounts, reuse }: { accounts: string[]; reuse: LabReuse }) {
    return accounts.map((account) => {
      const token = grants.issue(account, reuse)
      note({ request: 0, account }, { event: 'granted', token, grant: grants.state(account) })
      return token
    })
  },
  revoke(account: string) {
    grants.revoke(account)
    note({ request: 0, account }, { event: 'revoked', grant: grants.state(account) })
  },
  script: ({ account, faults }: { account: string; faults: FaultName[] }) =>
    void scripted.set(account, faults),
  standing: (fault: FaultName | null) => void (standing = fault),
  secret: (secret: string) => void (clientSecret = secret),
  latency: (milliseconds: number) => void (latency = milliseconds),
  spread: (milliseconds: number) => void (spread = milliseconds),
  advance: (milliseconds: number) => void (offset += milliseconds),
  hold: ({ point, count }: { point: ServerPoint; count: number | null }) => barrier.raise(point, count),
  gathered: (count: number) => barrier.gathered(count),
  release: () => barrier.release(),
  arm: ({ pid, point, after }: { pid: number; point: ServerPoint; after: number }) =>
    trap.arm(pid, point, after),
  disarm: () => trap.disarm(),
  idle,
})
