import type { TestContext } from '@japa/runner/core'
import db from '@adonisjs/lucid/services/db'
import type { TransitionNotice } from '#events/connection_transitioned'
import { beginAuthorization } from '#oauth/authorization'
import type { ProvidersFile } from '#oauth/providers_file_types'
import { Secret } from '#oauth/secret'
import type { EngineOptions } from '#services/build_engine'
import type { Actor } from '#services/campaigns/types'
import { finishConnect } from '#services/connect_flow'
import { RefreshReport } from '#services/refresh_report'
import { SIMULATED_ENTRIES } from '#simulator/entries'
import { Simulator } from '#simulator/simulator'
import { simulatorTransport } from '#simulator/transport'
import {
  contractFixture,
  contractProviders,
  type Connected,
  type ContractFixture,
} from '#tests/helpers/contract_fixture'
import { TestClock } from '#tests/helpers/engine_fixture'

interface Logged {
  kind: string
  outcome: string
  transition: string | null
  old_expires_at: number | null
  new_expires_at: number | null
}

/** The shipped definitions against the simulated vendors, with what the engine tells, and somebody who may do everything. */
export interface FeatureFixture extends ContractFixture {
  admin: Actor
  lines: string[]
  /** Milliseconds that the engine waited, one after the other. */
  waits: number[]
  /** The most requests that were under way to the vendors at a time. */
  busiest(): number
  transitions(): string[]
  /** Connects an account of this provider, as an import does, without a window. */
  join(provider: string, account: string): Promise<Connected>
  /** Connects the account that consents at this vendor, as a person does in the browser; returns the connection. */
  consent(provider: string): Promise<string>
  /** A campaign with these members; nobody has granted a window. */
  campaign(...connectionIds: string[]): Promise<string>
  attempts(id: string): Promise<Logged[]>
  /** What waits in the outbox, oldest first. */
  events(): Promise<{ name: string; severity: string; data: string; dispatched_at: number | null }[]>
}

export async function featureFixture(
  context: TestContext,
  options: { entries?: ProvidersFile; engine?: Partial<EngineOptions> } = {}
): Promise<FeatureFixture> {
  const lines: string[] = []
  const waits: number[] = []
  const notices: TransitionNotice[] = []
  const log = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const clock = new TestClock()
  const simulator = await Simulator.start({ clock })
  const traffic = counted(simulatorTransport(simulator, { clock }))
  const fixture = await contractFixture((work) => context.cleanup(work), {
    ...{ clock, simulator, transport: traffic.transport },
    providers: contractProviders({ ...SIMULATED_ENTRIES, ...options.entries }),
    engine: {
      report: new RefreshReport({ info: log, warn: log, error: log }, 'tag-key', (one) => notices.push(one)),
      sleep: async (milliseconds) => {
        waits.push(milliseconds)
        clock.advance(milliseconds)
      },
      ...options.engine,
    },
  })
  const admin: Actor = { organizationId: fixture.organizationId, userId: null, role: 'admin' }
  return {
    ...fixture,
    ...{ admin, lines, waits },
    busiest: () => traffic.busiest,
    transitions: () => notices.map(({ transition }) => transition),
    join: (provider, account) => join(fixture, provider, account),
    consent: (provider) => consent(fixture, provider),
    campaign: (...ids) => campaign(fixture, admin, ids),
    attempts: (id) =>
      db.from('refresh_attempts').where('connection_id', id).orderBy('created_at').orderBy('id'),
    events: () => db.from('events').orderBy('created_at').orderBy('id'),
  }
}

type Traffic = NonNullable<EngineOptions['transport']>

function counted(real: Traffic) {
  let underWay = 0
  const traffic = {
    busiest: 0,
    transport: {
      ...real,
      async send(...request: Parameters<Traffic['send']>) {
        traffic.busiest = Math.max(traffic.busiest, ++underWay)
        return real.send(...request).finally(() => void (underWay -= 1))
      },
    },
  }
  return traffic
}

async function join(
  { engine, simulator, organizationId }: ContractFixture,
  provider: string,
  name: string
): Promise<Connected> {
  const vendor = simulator.vendorOf(provider)
  if (!vendor) throw new Error(`No dialect serves ${provider}`)
  const { access, refresh } = vendor.grant(name, name)
  const { connectionId } = await engine.connections.importOne(organizationId, {
    provider,
    owner: name,
    providerAccountId: name,
    username: name,
    accessToken: new Secret(access.value),
    refreshToken: refresh && new Secret(refresh.value),
    tokenSecret: null,
    tokenType: 'oauth2',
    tokenExpiresAt: access.expiresAt,
    scopes: [],
    config: {},
    tags: [],
  })
  return { id: connectionId, account: vendor.account(name), access, refresh }
}

async function consent(
  { engine, simulator, organizationId, clock }: ContractFixture,
  id: string
): Promise<string> {
  const provider = engine.providers.get(id)
  const redirectUri = 'https://evergrant.example/connect/callback'
  const begun = beginAuthorization({ provider, server: provider.server, redirectUri })
  const answer = await fetch(simulator.urlFor(begun.url) ?? '', { redirect: 'manual' })
  const people = { organizationId, userId: organizationId, reconnect: null, returnTo: '' }
  const connected = await finishConnect(engine, {
    provider,
    pending: { ...begun.pending, ...people, startedAt: clock.now() },
    url: answer.headers.get('location') ?? '',
    fallback: { owner: 'me@example.com', accountId: 'me@example.com' },
  })
  if (!connected.ok) throw new Error(JSON.stringify(connected))
  return connected.saved.connectionId
}

async function campaign({ engine }: ContractFixture, admin: Actor, ids: readonly string[]): Promise<string> {
  const created = await engine.campaigns.create(admin, { name: 'Game night' })
  if (!created.ok) throw new Error(created.message)
  for (const id of ids) {
    const added = await engine.campaigns.addMember(admin, created.campaignId, id)
    if (!added.ok) throw new Error(added.message)
  }
  return created.campaignId
}
