import { randomBytes } from 'node:crypto'
import app from '@adonisjs/core/services/app'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { RunFactory } from '#database/factories/run_factory'
import { sealed } from '#database/factories/connection_factory'
import type Connection from '#models/connection'
import type { Role } from '#models/membership'
import Worker from '#models/worker'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import { RunResults } from '#services/run_results'
import { connectLinkUrl } from '#transformers/connect_link_url'
import { Tenant } from '#tests/helpers/crawl/tenant'
import { emptyTables } from '#tests/helpers/database'
import { aMatter, anAttemptOf } from '#tests/helpers/notification_rows'
import { PASSWORD } from '#tests/helpers/people'
import { codeAt } from '#tests/helpers/people_fixture'

const DAY = 86_400_000
/** Names that people have, and that tables must live with. */
const LONG = 'Anastasia-Wilhelmina-Théodora_von_Übermorgen_und_zu_Hohenstein-Sigmaringen'

/** An installation with something on every page, and what must stand on none of them. */
export interface SeededInstallation {
  tenant: Tenant
  /** Accounts by the state that they are in. */
  accounts: Readonly<Record<string, Connection>>
  runs: Readonly<Record<'failed' | 'links', string>>
  /** Addresses that are permissions, as those get them who may have them. */
  signed: Readonly<Record<'link' | 'invitation', string>>
  /** Somebody with a second factor, and a recovery code that signs them in once. */
  guarded: Readonly<{ role: Role; code: Secret }>
  /** A campaign that is over. */
  archived: string
  /** The key of a provider that was made out of an MCP server's address, with a name of sixty characters. */
  mcpServer: string
  /** Secrets by what they are, as they were before they were sealed or hashed. */
  secrets: ReadonlyMap<string, string>
}

/** Empties the database and seeds it. Nothing is ever sent to a provider: no account is due. */
export async function seededInstallation(): Promise<SeededInstallation> {
  await emptyTables()
  const tenant = await Tenant.create('acceptance')
  for (const person of Object.values(tenant.people)) await person.merge({ password: PASSWORD }).save()
  const secrets = new Map<string, string>()
  const hatch = (what: string) => {
    const secret = randomBytes(24).toString('hex')
    secrets.set(what, secret)
    return secret
  }
  const provider = await aProvider(tenant, hatch)
  const accounts = await accountsOf(tenant, provider, hatch)
  const archived = await anArchivedCampaign(tenant)
  await makeTheRest(tenant)
  await keepSecrets(tenant, hatch, secrets)
  const failed = await aFailedRun(tenant, accounts)
  const { link, invitation } = await addresses(tenant, accounts.reconnect)
  const links = await linksRun(tenant, accounts.reconnect, link.id)
  const signed = { link: link.path, invitation: `/invitations/${invitation}` }
  const others = { guarded: await guard(tenant, 'operator'), archived, mcpServer: await anMcpServer(tenant) }
  return { tenant, accounts, runs: { failed, links }, signed, secrets, ...others }
}

type Hatch = (what: string) => string

async function accountsOf(
  tenant: Tenant,
  provider: string,
  hatch: Hatch
): Promise<Record<string, Connection>> {
  const { vault } = await app.container.make('engine')
  const now = DateTime.utc()
  const dead = {
    status: 'needs_reauth',
    statusReason: 'rejected',
    isActive: false,
    errorCode: 'invalid_grant',
  }
  const states: Record<string, Record<string, unknown>> = {
    healthy: { displayName: LONG, grantExpiresAt: now.plus({ days: 3 }), tags: ['vip', 'eu', 'new'] },
    reconnect: {
      ...dead,
      provider,
      config: { site: 'ours' },
      nextRefreshAt: null,
      errorMessage: 'Grant revoked',
    },
    reconnect2: { ...dead, nextRefreshAt: null },
    reconnect3: { ...dead, nextRefreshAt: null },
    retrying: { tokenRefreshFailedAt: now, statusReason: 'rejected', errorCode: 'invalid_grant' },
    paused: { pausedAt: now },
    static: { refreshToken: null, nextRefreshAt: null },
    suspended: { status: 'suspended', isSuspended: true, isActive: false, nextRefreshAt: null },
  }
  const accounts: Record<string, Connection> = {}
  for (const [state, values] of Object.entries(states)) {
    const connection = await tenant.account({ ownerUserId: tenant.people.streamer.id, ...values })
    const refresh = state === 'static' ? null : hatch(`refresh token of ${state}`)
    sealed(vault, { access: hatch(`access token of ${state}`), refresh })(connection)
    accounts[state] = await connection.save()
    await attemptsOf(connection)
  }
  return accounts
}

async function attemptsOf({ organizationId, id: connectionId, errorCode }: Connection): Promise<void> {
  const attempt = { organizationId, connectionId }
  await RefreshAttemptFactory.merge(attempt).createMany(2)
  if (errorCode) await RefreshAttemptFactory.merge(attempt).apply('rejected').create()
}

/** One of everything else that a page may show, and what people have of their own, for those who look at it. */
async function makeTheRest(tenant: Tenant): Promise<void> {
  for (const kind of ['campaign', 'session', 'rule', 'receiver', 'view', 'device', 'member'] as const)
    await tenant.make(kind, 'admin')
  for (const role of ['admin', 'streamer'] as const) await tenant.make('matter', role)
  await aMatter(tenant.people.admin, tenant.organization, { event: 'run.failed', resolved: true })
  const delivery = await tenant.make('delivery', 'admin')
  await anAttemptOf(delivery, { status: 500, answer: 'Out of order' })
  const at = DateTime.utc()
  const who = { id: uuid(), host: 'node-1', bootId: 'boot-1', pid: 1, role: 'web' }
  const beat = { startedAt: at, beatAt: at, schedulerTickedAt: at, schedulerIntervalMs: 60_000 }
  await Worker.create({ ...who, ...beat })
}

/** A provider of the organization's own; returns how accounts name it. */
async function aProvider(tenant: Tenant, hatch: Hatch): Promise<string> {
  const { catalogue } = await app.container.make('engine')
  const entry = {
    token_endpoint: 'https://{config.site}.acme.example/token',
    authorization_endpoint: 'https://{config.site}.acme.example/authorize',
    client_id: 'ours',
    config: { site: { title: 'Site' } },
  }
  const clientSecret = new Secret(hatch('client secret'))
  const added = await catalogue.add(tenant.organization.id, {
    key: 'acme',
    name: 'Acme',
    entry,
    clientSecret,
  })
  if (!added.ok) throw new Error(JSON.stringify(added.problems))
  return added.provider.id
}

/** As it is after `POST /connect/mcp`, which would ask the server. */
async function anMcpServer({ organization }: Tenant): Promise<string> {
  const { catalogue } = await app.container.make('engine')
  const issuer = 'https://sign-in.tools.example'
  const entry = { issuer, resource: 'https://tools.example/mcp', scopes: ['tools:read'], client_id: 'ours' }
  const name = 'Werkzeuge der Entwicklungsabteilung Nordhalbkugel (Nummer 2)'
  const added = await catalogue.add(organization.id, { key: 'tools', name, kind: 'mcp', entry })
  if (!added.ok) throw new Error(JSON.stringify(added.problems))
  return 'tools'
}

async function anArchivedCampaign(tenant: Tenant): Promise<string> {
  const { campaigns } = await app.container.make('engine')
  const id = await tenant.make('campaign', 'admin')
  const done = await campaigns.archive(tenant.actor, id)
  if (!done.ok) throw new Error(done.message)
  return id
}

async function guard({ people }: Tenant, role: Role): Promise<SeededInstallation['guarded']> {
  const twoFactor = await app.container.make('twoFactor')
  const { id, email } = people[role]
  await twoFactor.begin(id)
  const { secret } = (await twoFactor.pending(id, email))!
  const confirmed = await twoFactor.confirm(id, codeAt(secret, { now: Date.now }))
  if (!confirmed.ok) throw new Error(confirmed.problem)
  return { role, code: confirmed.recoveryCodes[0] }
}

/** What was shown once, or never, when it was made. */
async function keepSecrets(tenant: Tenant, hatch: Hatch, secrets: Map<string, string>): Promise<void> {
  const keys = await app.container.make('apiKeys')
  const own = { organizationId: tenant.organization.id, createdBy: tenant.people.admin.id }
  const key = await keys.create({ ...own, name: 'Nightly', abilities: ['*'], lifetime: DAY })
  // What stands before the last dot names the key, and is no secret.
  secrets.set('API key', key.key.reveal().split('.').at(-1)!)
  const { channels } = await app.container.make('notifications')
  const target = `https://hooks.example.com/${hatch('webhook address')}`
  const hook = await channels.create(own.organizationId, { kind: 'webhook', name: 'Hook', target })
  if (!hook.ok) throw new Error(JSON.stringify(hook.problems))
  secrets.set('webhook secret', hook.signingSecret!.reveal())
}

async function aFailedRun({ organization }: Tenant, accounts: Record<string, Connection>): Promise<string> {
  const counts = { total: 3, refreshed: 1, failed: 1, skipped: 1 }
  const failure = { state: 'failed' as const, error: 'Error: no space left' }
  const run = await RunFactory.merge({ organizationId: organization.id, ...failure, ...counts }).create()
  const results = new RunResults(run.id)
  const enter = (name: string, status: string, why: object) =>
    results.add({ connectionId: accounts[name].id, provider: 'twitch', status, reason: null, ...why })
  enter('healthy', 'refreshed', {})
  enter('reconnect', 'failed', { reason: 'rejected', errorCode: 'invalid_grant' })
  enter('paused', 'skipped', { reason: 'paused' })
  await results.flush()
  return run.id
}

/** A run that made a link for the owner of an account. */
async function linksRun({ organization }: Tenant, account: Connection, linkId: string): Promise<string> {
  const made = { kind: 'manual', total: 1, refreshed: 1, trigger: 'ui' as const }
  const run = await RunFactory.merge({ organizationId: organization.id, ...made }).create()
  const results = new RunResults(run.id)
  const [connectionId, provider] = [account.id, account.provider]
  results.add({ connectionId, provider, status: 'linked', reason: null, linkId })
  await results.flush()
  return run.id
}

async function addresses(tenant: Tenant, connection: Connection) {
  const links = await app.container.make('connectLinks')
  const place = { organizationId: tenant.organization.id, provider: connection.provider }
  const about = { owner: connection.owner, connectionId: null, config: { site: 'ours' }, returnUrl: null }
  const link = await links.create({ ...place, ...about, createdBy: 'admin', lifetime: DAY })
  const { pathname, search } = new URL(connectLinkUrl(link.id))
  const { invitations } = await app.container.make('people')
  const guest = { email: 'guest@example.com', role: 'viewer' as const, invitedBy: tenant.people.admin.id }
  const invited = await invitations.invite({ organizationId: tenant.organization.id, ...guest })
  if (!invited.ok) throw new Error(invited.problem)
  return { link: { id: link.id, path: pathname + search }, invitation: invited.token.reveal() }
}
