import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import Provider from 'oidc-provider'
import { StartFailure } from '#exceptions/start_failure'
import { DEMO_ACCOUNTS } from '#sandbox/accounts'
import { SandboxControl } from '#sandbox/control'
import { Faults } from '#sandbox/faults'
import { providerConfiguration } from '#sandbox/provider_configuration'
import { RequestLog } from '#sandbox/request_log'
import { sandboxMiddleware } from '#sandbox/sandbox_middleware'
import { SandboxStore } from '#sandbox/store'
import type { Secret } from '#oauth/secret'
import type { SandboxAccount } from '#sandbox/accounts'

export interface SandboxOptions {
  /** 0 takes any free port. */
  port: number
  clientId: string
  clientSecret: Secret
  /** Where our application takes its codes; `http://localhost:3333/connect/sandbox/callback` unless told. */
  redirectUri?: string
  /** Others that tests come from. */
  extraRedirectUris?: readonly string[]
  /** Where grants and keys are kept; `:memory:` forgets them. */
  file: string
  /** Whole seconds in milliseconds; 60,000 unless told. */
  accessTokenLifetime?: number
  accounts?: readonly SandboxAccount[]
  /** True in production, where the sandbox refuses to exist. */
  production: boolean
  /** Hears of bugs; expected OAuth errors are not among them. */
  onError?: (error: Error) => void
}

export interface Sandbox {
  issuer: string
  port: number
  control: SandboxControl
  /** Stops listening, lets running requests end within a second, and closes the file. May be called twice. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const DEFAULT_REDIRECT_URI = 'http://localhost:3333/connect/sandbox/callback'
const PURGE_INTERVAL = 60_000
const CLOSE_GRACE = 1_000

/**
 * Starts the sandbox provider on loopback. Throws a `StartFailure`: `E_SANDBOX_PRODUCTION` in production, where a server
 * that hands out tokens without passwords must not run, and `E_SANDBOX_PORT_IN_USE` when another program has the port.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (options.production) throw new StartFailure('E_SANDBOX_PRODUCTION', NOT_IN_PRODUCTION)
  const lifetime = options.accessTokenLifetime ?? 60_000
  if (lifetime < 1_000 || lifetime % 1_000)
    throw new RangeError('accessTokenLifetime must be whole seconds, in milliseconds')
  const server = createServer()
  const port = await listen(server, options.port)
  const issuer = `http://${HOST}:${port}`
  try {
    const store = new SandboxStore(options.file)
    const control = attach(server, store, issuer, { ...options, accessTokenLifetime: lifetime })
    return { issuer, port, control, close: closer(server, store) }
  } catch (error) {
    server.close()
    throw error
  }
}

const NOT_IN_PRODUCTION =
  'the sandbox provider gives tokens to anybody without a password, so it does not run with NODE_ENV=production.'

function attach(
  server: Server,
  store: SandboxStore,
  issuer: string,
  options: SandboxOptions & { accessTokenLifetime: number }
): SandboxControl {
  const accounts = options.accounts ?? DEMO_ACCOUNTS
  const accessTokenLifetime = options.accessTokenLifetime / 1_000
  const redirectUris = [options.redirectUri ?? DEFAULT_REDIRECT_URI, ...(options.extraRedirectUris ?? [])]
  const provider = new Provider(
    issuer,
    providerConfiguration({ ...options, store, redirectUris, accounts, accessTokenLifetime })
  )
  const faults = new Faults()
  const log = new RequestLog()
  const control = new SandboxControl({ provider, clientId: options.clientId, store, faults, log })
  const parts = { provider, store, faults, log, control, accounts, redirectUris, accessTokenLifetime }
  for (const layer of sandboxMiddleware(parts)) provider.use(layer)
  reportBugs(provider, options.onError ?? ((error) => console.error(error)))
  server.on('request', provider.callback())
  return control
}

/** A client that went away is no bug of ours. */
function reportBugs(provider: Provider, onError: (error: Error) => void): void {
  const gone = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNABORTED'])
  const report = (error: Error & { code?: string; expose?: boolean }) => {
    if (!error.expose && !gone.has(error.code ?? '')) onError(error)
  }
  provider.on('error', report)
  provider.on('server_error', (_ctx: unknown, error: Error) => report(error))
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new StartFailure('E_SANDBOX_PORT_IN_USE', portInUse(port)) : error)
    })
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port))
  })
}

function portInUse(port: number): string {
  return `port ${port} on ${HOST} is taken by another program. Stop it, or set SANDBOX_PORT in .env to a free port.`
}

/** Purges the file now and then until it is told to stop. */
function closer(server: Server, store: SandboxStore): () => Promise<void> {
  store.purge()
  const purging = setInterval(() => store.purge(), PURGE_INTERVAL).unref()
  let closing: Promise<void> | null = null
  return () => (closing ??= shutDown(server, store, purging))
}

async function shutDown(server: Server, store: SandboxStore, purging: NodeJS.Timeout): Promise<void> {
  clearInterval(purging)
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const impatient = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE)
  await closed
  clearTimeout(impatient)
  store.close()
}
