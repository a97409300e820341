import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { Canaries } from '#tests/helpers/canaries'
import { compileCache, compiled } from '#tests/helpers/compiled'
import { Installation } from '#tests/helpers/installation'
import { FIRST, setupAddress } from '#tests/helpers/newcomer'

type Cleanup = (work: () => Promise<void>) => void

/** Ways in which a provider gives away what was presented to it. `secrets` are the token and the client's secret. */
const TELLTALES: Record<string, (response: ServerResponse, secrets: string) => void> = {
  description: (response, secrets) =>
    json(response, 400, { error: 'invalid_grant', error_description: `Token ${secrets} is revoked` }),
  encoded: (response, secrets) =>
    json(response, 400, { error: 'invalid_grant', error_description: encodeURIComponent(secrets) }),
  code: (response, secrets) => json(response, 400, { error: secrets }),
  nested: (response, secrets) =>
    json(response, 400, { error: { code: 190, message: secrets, type: secrets } }),
  unknown: (response, secrets) => json(response, 400, { error: 'odd', error_description: secrets }),
  html: (response, secrets) => html(response, 502, `<h1>Bad gateway</h1><pre>POST /token ${secrets}</pre>`),
  cut: (response, secrets) => html(response, 403, `<p>${'All is well. '.repeat(22)}${secrets}</p>`),
  long: (response, secrets) =>
    json(response, 400, { error: 'odd', error_description: `${'x '.repeat(505)}${secrets}` }),
  plain: (response, secrets) => void response.writeHead(500).end(secrets),
  empty: (response, secrets) => json(response, 200, { message: secrets }),
  header: (response, secrets) => json(response, 429, { error: 'slow_down' }, headersOf(secrets)),
  redirect: (response, secrets) =>
    void response.writeHead(307, { location: `http://127.0.0.1:9/?${encodeURIComponent(secrets)}` }).end(),
  type: (response, secrets) => json(response, 200, { access_token: 'not sendable\n', token_type: secrets }),
}

/** A provider whose every answer tells of the account what its refresh token stands for. */
async function indiscreetProvider(cleanup: Cleanup, canaries: Canaries, clientSecret: string) {
  const behaviour = new Map<string, string>()
  const grant = () => ({
    access_token: canaries.hatch('access token'),
    refresh_token: canaries.hatch('refresh token'),
    id_token: `e30.${canaries.hatch('ID token')}.e30`,
    expires_in: 3600,
  })
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/me')) {
      return json(response, 200, {
        sub: 'connected',
        name: 'Connected',
        token: request.headers.authorization,
      })
    }
    let body = ''
    for await (const chunk of request) body += chunk
    const fields = new URLSearchParams(body)
    const presented = fields.get('refresh_token') ?? fields.get('code') ?? ''
    const tell = TELLTALES[behaviour.get(presented) ?? '']
    if (!tell) return json(response, 200, grant())
    tell(response, `${presented} of ${clientSecret} (${body})`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { behaviour, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function json(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Those that the refresh log keeps, and one that it does not. */
function headersOf(secrets: string): Record<string, string> {
  const first = secrets.slice(0, 20)
  return {
    ...{ 'retry-after': secrets, 'x-token': secrets, 'x-request-id': secrets, 'cf-ray': first },
    ...{ 'www-authenticate': `Bearer realm="${secrets}"`, 'x-fb-trace-id': first, 'ratelimit': secrets },
  }
}

function html(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<html><body>${body}</body></html>`)
}

/** Everything that the installation says, by the place where it says it. */
class Ears {
  readonly heard = new Map<string, string>()

  hear(place: string, text: string): string {
    this.heard.set(place, (this.heard.get(place) ?? '') + text)
    return text
  }
}

/** A browser that signs in through the form and keeps its cookies. */
class Visitor {
  readonly #cookies = new Map<string, string>()

  constructor(
    private readonly origin: string,
    private readonly ears: Ears
  ) {}

  async visit(
    path: string,
    fields?: Record<string, string>
  ): Promise<{ text: string; location: string | null }> {
    const response = await fetch(new URL(path, this.origin), {
      method: fields ? 'POST' : 'GET',
      headers: {
        Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        Accept: 'text/html',
      },
      body: fields ? new URLSearchParams({ _csrf: await this.#token(), ...fields }) : undefined,
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    const text = await response.text()
    const location = response.headers.get('location')
    const name = `page ${path.split('?')[0]}`
    this.ears.hear(name, text)
    // An answer may name the code that the browser itself has just brought, in no header nor cookie though.
    this.ears.hear(`${name} (headers)`, JSON.stringify([...response.headers]))
    return { text, location }
  }

  async #token(): Promise<string> {
    const { text, location } = await this.visit('/login')
    const page = location === null ? text : (await this.visit(location)).text
    return /name=["']_csrf["'] value=["']([^"']+)/.exec(page)?.[1] ?? ''
  }
}

async function serve(installation: Installation, ears: Ears, cleanup: Cleanup) {
  const env = { ...compileCache(), ...installation.environment }
  const child = spawn(process.execPath, [join(compiled(), 'bin/server.js')], { cwd: app.makePath(), env })
  cleanup(async () => void child.kill('SIGKILL'))
  const greeted = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      ears.hear('log', chunk.toString())
      const log = ears.heard.get('log') ?? ''
      if (/Set up +\S+/.test(log) && log.includes('Sandbox     ')) resolve(log)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${ears.heard.get('log')}`)))
  })
  const log = await greeted
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    })
  return { stop, setupToken: new URL(setupAddress(log)).searchParams.get('token') ?? '' }
}

async function databaseFiles(folder: string): Promise<[string, Buffer][]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('evergrant.sqlite3'))
  return Promise.all(
    names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))])
  )
}

test.group('Secrets that went in', () => {
  test('come out nowhere: not in logs, the database, command output or pages', async ({
    assert,
    cleanup,
  }) => {
    const canaries = new Canaries()
    const ears = new Ears()
    const clientSecret = canaries.hatch('client secret')
    const { behaviour, origin } = await indiscreetProvider(cleanup, canaries, clientSecret)
    const installation = await Installation.create(cleanup, {
      environment: { ALLOW_PRIVATE_PROVIDERS: 'true', LOCAL_SECRET: clientSecret, LOG_LEVEL: 'trace' },
    })
    const { environment, folder } = installation
    const entry = {
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      userinfo_endpoint: `${origin}/me`,
      client_id: 'client',
      client_secret_env: 'LOCAL_SECRET',
    }
    // A gate of its own for each, so that no failure of one holds up another.
    const modes = ['rotates', ...Object.keys(TELLTALES)]
    environment.PROVIDERS_FILE = await installation.write(
      'providers.json',
      JSON.stringify(
        Object.fromEntries(modes.map((mode) => [`local-${mode}`, { ...entry, client_id: `client-${mode}` }]))
      )
    )
    const ace = async (...args: string[]) => {
      const result = await installation.ace(...args)
      ears.hear(`ace ${args[0]}`, result.stdout + result.stderr)
      return result
    }
    await installation.migrate()

    const lines: object[] = modes.map((mode) => {
      const refreshToken = canaries.hatch(`refresh token of ${mode}`)
      behaviour.set(refreshToken, mode)
      return {
        provider: `local-${mode}`,
        owner: mode,
        access_token: canaries.hatch(`access token of ${mode}`),
        refresh_token: refreshToken,
        token_expires_at: '2026-01-01T00:00:00Z',
      }
    })
    const bad = { provider: 'local-none', owner: 'bad', access_token: canaries.hatch('bad line') }
    const secretLine = {
      provider: 'local-rotates',
      owner: 'oauth1',
      token_type: 'oauth1a',
      access_token: canaries.hatch('oauth1a token'),
      token_secret: canaries.hatch('oauth1a secret'),
    }
    const text = [...lines, secretLine, bad].map((line) => JSON.stringify(line)).join('\n')
    const file = await installation.write(
      'lines.ndjson',
      `${text}\n{"access_token":"${canaries.hatch('half line')}`
    )
    const imported = await ace('connection:import', file, '--json')
    assert.deepInclude(JSON.parse(imported.stdout), { imported: modes.length + 1, failed: 2 })

    const server = await serve(installation, ears, cleanup)
    const driver = openSqliteDriver(join(folder, 'evergrant.sqlite3'), systemClock)
    const rows = () => driver.read('SELECT id, provider, last_refresh_status AS last FROM connections', [])
    for (let tries = 0; tries < 100; tries++) {
      const open = (await rows()).filter(({ last }) => last === null || last === 'pending')
      if (open.length <= 1) break
      await sleep(100)
    }
    const settled = (await rows()).filter(({ last }) => last === 'success' || last === 'error')
    assert.lengthOf(settled, modes.length, 'each connection was refreshed, with success or not')

    const first = { ...FIRST, password: canaries.hatch('first password') }
    const newcomer = new Visitor(environment.APP_URL, ears)
    await newcomer.visit(`/setup?token=${server.setupToken}`)
    await newcomer.visit('/setup', { ...first, email: 'nowhere' })
    assert.equal((await newcomer.visit('/setup', first)).location, '/accounts/connect')
    const visitor = new Visitor(environment.APP_URL, ears)
    await visitor.visit('/login', { email: first.email, password: canaries.hatch('wrong password') })
    const entered = await visitor.visit('/login', { email: first.email, password: first.password })
    assert.equal(entered.location, '/')
    const connect = async (mode: string, back: (state: string) => string) => {
      const started = await visitor.visit(`/connect/local-${mode}/start`, {})
      const state = new URL(started.location ?? '').searchParams.get('state') ?? ''
      return visitor.visit(`/connect/local-${mode}/callback?${back(state)}`)
    }
    const code = (mode: string) => {
      const value = canaries.hatch(`code of ${mode}`)
      behaviour.set(value, mode)
      return encodeURIComponent(value)
    }
    const connected = await connect('rotates', (state) => `code=${code('rotates')}&state=${state}`)
    assert.match(connected.location ?? '', /^\/accounts\/[0-9a-f-]{36}$/)
    for (const mode of Object.keys(TELLTALES)) {
      await connect(mode, (state) => `code=${code(mode)}&state=${state}`)
      await visitor.visit('/accounts/connect')
    }
    for (const { id } of await rows()) {
      const page = await visitor.visit(`/accounts/${String(id)}`)
      assert.include(page.text, String(id))
    }
    const ids = (await rows()).map(({ id }) => String(id))
    const looks = ['/', '/accounts', '/pulse', '/accounts/connect', '/metrics', '/health/ready']
    for (const path of looks) await visitor.visit(path)
    const commands = await installation.aceEach([
      ...ids.map((id) => ['connection:show', id, '--json']),
      ['token:refresh', '--force', '--json', '--provider=local-description'],
      ['token:refresh', '--force', '--provider=local-cut'],
      ['connection:list', '--json'],
      ['connection:list'],
    ])
    for (const id of ids) assert.isAbove(commands.stdout.split(id).length, 2, commands.stderr)
    ears.hear('commands', commands.stdout + commands.stderr)
    const found = (await databaseFiles(folder)).flatMap(([name, bytes]) => canaries.sightings(name, bytes))
    await server.stop()
    const key = environment.ENCRYPTION_KEYS
    environment.ENCRYPTION_KEYS = `k2:${randomBytes(32).toString('base64')},${key}`
    assert.equal((await ace('encryption:rotate', '--json')).code, 0)
    environment.ENCRYPTION_KEYS = `k3:${canaries.hatch('encryption key').slice(0, 43)}=,k2:x`
    assert.equal((await ace('encryption:rotate', '--json')).code, 1)
    const told = await driver.read(
      'SELECT error_message FROM refresh_attempts WHERE error_message IS NOT NULL',
      []
    )
    assert.isTrue(told.some((row) => String(row.error_message).includes('[secret]')))
    await driver.close()

    for (const [name, bytes] of await databaseFiles(folder)) found.push(...canaries.sightings(name, bytes))
    for (const [place, said] of ears.heard) found.push(...canaries.sightings(place, said))
    const printed = [...ears.heard].filter(([, said]) => said.includes(server.setupToken))
    assert.deepEqual(
      printed.map(([place, said]) => [place, said.split(server.setupToken).length - 1]),
      [['log', 1]],
      'the terminal shows the address of the first account, and nothing else does'
    )
    assert.isAbove(ears.heard.get('log')?.length ?? 0, 1_000)
    assert.isAbove(canaries.all.size, 50)
    assert.deepEqual(found, [])
  }).timeout(120_000)
})
