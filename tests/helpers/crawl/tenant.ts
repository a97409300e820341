import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import type Connection from '#models/connection'
import { toInstant } from '#models/columns'
import Membership, { ROLES, type Role } from '#models/membership'
import Organization from '#models/organization'
import User from '#models/user'
import { uuid } from '#models/uuid'
import { sealed } from '#database/factories/connection_factory'
import { aDelivery, aMatter } from '#tests/helpers/notification_rows'
import { aConnection } from '#tests/helpers/people'

const DAY = 86_400_000

/** What an address may name. What people have of their own is made for the person who asks. */
export type Kind =
  | 'connection'
  | 'token'
  | 'campaign'
  | 'channel'
  | 'master'
  | 'session'
  | 'run'
  | 'attempt'
  | 'provider'
  | 'matter'
  | 'rule'
  | 'receiver'
  | 'delivery'
  | 'device'
  | 'link'
  | 'view'
  | 'member'
  | 'invitation'
  | 'key'

/** An organization with a person of each role, and everything that an address may name. Its words all hold its mark. */
export class Tenant {
  readonly people = {} as Record<Role, User>
  /** Every id that was made here, and that nobody elsewhere has asked for. */
  readonly ids = new Set<string>()
  #count = 0
  /** What was made last of each kind: a channel belongs to the campaign before it. */
  readonly #latest: Partial<Record<Kind, string>> = {}

  private constructor(
    readonly mark: string,
    readonly organization: Organization
  ) {}

  static async create(mark: string): Promise<Tenant> {
    const organization = await Organization.create({ slug: mark, name: `${mark} guild` })
    const tenant = new Tenant(mark, organization)
    for (const role of ROLES) tenant.people[role] = await tenant.person(role)
    return tenant
  }

  /** Makes something and returns how an address names it. */
  async make(kind: Kind, asker: Role): Promise<string> {
    const made = await MAKERS[kind](this, asker)
    this.#latest[kind] = made
    this.ids.add(made)
    return made
  }

  latest(kind: Kind): string {
    return this.#latest[kind] ?? ''
  }

  /** Whoever asks for an id knows it: the own audit trail may hold it then. */
  tellIdsIn(path: string): void {
    for (const word of path.split('/')) this.ids.delete(word)
  }

  word(kind: string): string {
    return `${this.mark}-${kind}-${++this.#count}`
  }

  get actor() {
    return { organizationId: this.organization.id, userId: this.people.admin.id, role: 'admin' as const }
  }

  /** Nobody signs in with a password here, so none is hashed. */
  async person(role: Role): Promise<User> {
    const word = this.word(role)
    const names = { email: `${word}@example.com`, full_name: word, password: 'none' }
    const id = await this.insert('users', { ...names, created_at: at() })
    await Membership.create({ organizationId: this.organization.id, userId: id, role })
    this.ids.add(id)
    return User.findOrFail(id)
  }

  /** An account whose tokens do not open, so that nothing is ever sent to its provider. */
  async account(values: Record<string, unknown> = {}): Promise<Connection> {
    const word = this.word('account')
    const names = { owner: `${word}-owner`, username: word, displayName: word, providerAccountId: word }
    const connection = await aConnection(this.organization, { ...names, tags: [word], ...values })
    this.ids.add(connection.id)
    return connection
  }

  async insert(table: string, values: Record<string, unknown>): Promise<string> {
    const id = uuid()
    await db.table(table).insert({ id, ...values })
    return id
  }
}

type Maker = (tenant: Tenant, asker: Role) => Promise<string>

const at = (ago = 60_000) => toInstant(Date.now() - ago)

const MAKERS: Readonly<Record<Kind, Maker>> = {
  connection: async (tenant) => (await tenant.account({ ownerUserId: tenant.people.streamer.id })).id,
  /** With a token that opens and is good for hours. */
  token: async (tenant) => {
    const { vault } = await app.container.make('engine')
    const connection = await tenant.account({ nextRefreshAt: DateTime.utc().plus({ hours: 2 }) })
    sealed(vault, { access: `${tenant.mark}-access-token`, refresh: `${tenant.mark}-refresh-token` })(
      connection
    )
    await connection.save()
    return connection.id
  },
  campaign: async (tenant) => {
    const { campaigns } = await app.container.make('engine')
    const made = await campaigns.create(tenant.actor, { name: tenant.word('campaign') })
    if (!made.ok) throw new Error(made.message)
    // Paused, so that nothing is asked of its provider.
    const channel = await tenant.account({
      ownerUserId: tenant.people.streamer.id,
      pausedAt: DateTime.utc().minus({ hours: 1 }),
    })
    await campaigns.addMember(tenant.actor, made.campaignId, channel.id)
    await campaigns.addGameMaster(tenant.actor, made.campaignId, tenant.people.game_master.id)
    return made.campaignId
  },
  channel: async (tenant) => {
    const members = db.from('campaign_members').where('campaign_id', tenant.latest('campaign'))
    const member = await members.firstOrFail()
    return member.connection_id as string
  },
  master: async (tenant) => tenant.people.game_master.id,
  session: async (tenant) =>
    tenant.insert('campaign_sessions', {
      campaign_id: tenant.latest('campaign'),
      organization_id: tenant.organization.id,
      state: 'live',
      started_at: at(),
      last_checked_at: at(),
    }),
  run: async (tenant) =>
    tenant.insert('runs', {
      ...{ organization_id: tenant.organization.id, job: 'auto-token-refresh', kind: 'scheduled' },
      ...{ trigger: 'user', actor: tenant.word('actor'), state: 'finished', dry_run: false },
      ...{ created_at: at(), started_at: at(), finished_at: at() },
    }),
  attempt: async (tenant) => {
    const connection = await tenant.account()
    return tenant.insert('refresh_attempts', {
      ...{ organization_id: tenant.organization.id, connection_id: connection.id, provider: 'twitch' },
      ...{ kind: 'manual', outcome: 'failed', failure_class: 'unknown', error_code: tenant.word('code') },
      ...{ error_message: tenant.word('message'), duration_ms: 5, created_at: at(), strike: 0 },
    })
  },
  provider: async (tenant) => {
    const { catalogue } = await app.container.make('engine')
    const key = tenant.word('provider')
    const endpoint = (path: string) => `https://${key}.example/${path}`
    const entry = {
      token_endpoint: endpoint('token'),
      authorization_endpoint: endpoint('authorize'),
      client_id: tenant.word('client'),
      userinfo_endpoint: endpoint('me'),
    }
    const added = await catalogue.add(tenant.organization.id, {
      key,
      name: key,
      entry,
      clientSecret: null,
    } as never)
    if (!added.ok) throw new Error(JSON.stringify(added))
    return key
  },
  matter: async (tenant, asker) =>
    aMatter(tenant.people[asker], tenant.organization, { connections: [await tenant.account()] }),
  rule: async (tenant, asker) =>
    tenant.insert('notification_rules', {
      ...{ organization_id: tenant.organization.id, user_id: tenant.people[asker].id },
      ...{ name: tenant.word('rule'), channels: '["inbox"]', created_at: at() },
    }),
  receiver: async (tenant) =>
    tenant.insert('notification_channels', {
      ...{ organization_id: tenant.organization.id, kind: 'email', name: tenant.word('receiver') },
      ...{ target: `${tenant.word('receiver')}@example.com`, created_at: at() },
    }),
  delivery: async (tenant) =>
    aDelivery(tenant.organization, {
      ...{ channel: 'email', target: `channel:${tenant.latest('receiver')}`, state: 'waiting' },
      channel_id: await tenant.make('receiver', 'admin'),
    }),
  device: async (tenant, asker) =>
    tenant.insert('push_subscriptions', {
      ...{ user_id: tenant.people[asker].id, endpoint: `https://push.example/${tenant.word('device')}` },
      ...{ p256dh: 'x', auth: 'x', device: tenant.word('device'), created_at: at() },
    }),
  link: async (tenant) =>
    tenant.insert('connect_links', {
      ...{ organization_id: tenant.organization.id, provider: 'twitch', owner: tenant.word('owner') },
      ...{ created_by: tenant.word('maker'), created_at: at(), expires_at: at(-DAY) },
    }),
  view: async (tenant, asker) =>
    tenant.insert('saved_views', {
      ...{ organization_id: tenant.organization.id, user_id: tenant.people[asker].id },
      ...{ name: tenant.word('view'), query: `tag:${tenant.mark}`, created_at: at() },
    }),
  member: async (tenant) => (await tenant.person('viewer')).id,
  invitation: async (tenant) => {
    const { invitations } = await app.container.make('people')
    const email = `${tenant.word('guest')}@example.com`
    const organizationId = tenant.organization.id
    const invited = await invitations.invite({ organizationId, invitedBy: null, email, role: 'viewer' })
    if (!invited.ok) throw new Error(invited.problem)
    return invited.invitation.id
  },
  key: async (tenant) => {
    const keys = await app.container.make('apiKeys')
    const own = { organizationId: tenant.organization.id, name: tenant.word('key'), createdBy: null }
    return (await keys.create({ ...own, abilities: ['runs:read'], lifetime: DAY })).apiKey.id
  },
}
