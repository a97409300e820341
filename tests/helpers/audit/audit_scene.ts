import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import limiter from '@adonisjs/limiter/services/main'
import type { ApiClient } from '@japa/api-client'
import { RunFactory } from '#database/factories/run_factory'
import Organization from '#models/organization'
import { NO_NUMBERS } from '#notifications/rule_numbers'
import type { RuleInput } from '#notifications/rule_problems'
import type User from '#models/user'
import type { AuditEntry } from '#services/audit/audit_log'
import { anApiCaller, lendToApplication, type ApiCaller } from '#tests/helpers/api_caller'
import { campaignFixture, ORGANIZATION, type CampaignFixture } from '#tests/helpers/campaign_fixture'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'
import { useNotifications, VAPID_KEYS } from '#tests/helpers/push_fixture'
import { PushService } from '#tests/helpers/receivers/push_service'
import { managerFixture } from '#tests/helpers/token_manager_fixture'
import { Visitor } from '#tests/helpers/visitor'

type Cleanup = (work: () => Promise<void> | void) => void

/** Everything of the trail of an organization. */
export const EVERYTHING = {
  ...{ show: 'both' as const, group: null, outcome: null, actorId: null, actor: null },
  ...{ targetId: null, target: null, from: null },
}

/** The application on real parts, with an admin, a program, and what can be acted on. */
export interface AuditScene {
  fixture: CampaignFixture
  organization: Organization
  admin: User
  email: string
  caller: ApiCaller
  push: PushService
  /** The scene with the client of the test at hand. */
  through(client: ApiClient): AuditScene
  /** Sends a form as the admin; answers with the status. */
  post(path: string, form?: Record<string, unknown>, by?: User): Promise<number>
  /** The browser of a further admin, who is signed in by the form. */
  visitor(): Promise<{ visitor: Visitor; user: User }>
  /** A connection that can be refreshed. */
  account(): Promise<string>
  /** A campaign with one member; with `open`, the member's window is open. */
  campaign(options?: { open?: boolean }): Promise<{ id: string; connection: string }>
  gameMaster(): Promise<string>
  channel(): Promise<string>
  delivery(state: 'waiting' | 'dead'): Promise<string>
  rule(): Promise<string>
  run(): Promise<string>
  /** A browser of the admin that shows notifications. */
  device(): Promise<string>
  /** The person whose channel the connection now is. */
  streamerOf(connection: string): Promise<User>
  /** The newest entry of the trail. */
  last(): Promise<AuditEntry>
  lastOf(slug: string): Promise<AuditEntry>
  entriesOf(slug: string): Promise<AuditEntry[]>
  entries(): Promise<AuditEntry[]>
}

export async function auditScene(cleanup: Cleanup): Promise<AuditScene> {
  await emptyTables()
  await db.from('audit_events').delete()
  const fixture = await campaignFixture('sqlite', cleanup)
  const { tokens } = await managerFixture('sqlite', fixture, cleanup)
  // The jobs of the application: the fixture's engine has none.
  const { jobs } = await app.container.make('engine')
  await lendToApplication(cleanup, { engine: { ...fixture.engine, jobs }, tokens })
  const notifications = await useNotifications(cleanup)
  const push = await PushService.start()
  cleanup(() => push.close())
  const organization = await Organization.findOrFail(ORGANIZATION)
  const { user: admin, email } = await aPerson('admin', organization)
  const actor = { organizationId: ORGANIZATION, userId: admin.id, role: 'admin' as const }
  const caller = await anApiCaller({ organizationId: ORGANIZATION })
  const { log } = await app.container.make('audit')
  let made = 0
  let client: ApiClient
  const scene: AuditScene = {
    ...{ fixture, organization, admin, email, caller, push },
    through(here) {
      client = here
      return scene
    },
    async post(path, form = {}, by = admin) {
      const sent = client.post(path).form(form).loginAs(by).withCsrfToken()
      return (await sent.redirects(0).header('Accept', 'text/html')).status()
    },
    async visitor() {
      await limiter.clear()
      const person = await aPerson('admin', organization)
      const visitor = new Visitor(client)
      await visitor.signIn(person.email)
      return { visitor, user: person.user }
    },
    account: () => fixture.connect(`account-${++made}`),
    async campaign({ open = false } = {}) {
      const connection = await fixture.channel(`channel-${++made}`)
      const id = await fixture.campaign(`Quiz ${made}`, [connection])
      if (open) await fixture.engine.windows.authorize(actor, id, connection, { hours: 3 })
      return { id, connection }
    },
    gameMaster: async () => (await fixture.person('game_master')).userId,
    async channel() {
      const target = `https://receiver.example/hook-${++made}`
      const input = { kind: 'webhook' as const, name: `Hook ${made}`, target }
      const channel = await notifications.channels.create(ORGANIZATION, input)
      if (!channel.ok) throw new Error(JSON.stringify(channel.problems))
      return channel.id
    },
    async delivery(state) {
      const id = (await notifications.channels.test(ORGANIZATION, await scene.channel())) ?? ''
      if (state === 'dead') await db.from('deliveries').where({ id }).update({ state, due_at: null })
      return id
    },
    async rule() {
      const input = { ...RULE, name: `Rule ${++made}` }
      const rule = await notifications.rules.create(actor, input)
      if (!rule.ok) throw new Error('the rule was refused')
      return rule.id
    },
    async run() {
      const running = { organizationId: ORGANIZATION, state: 'running' as const, finishedAt: null }
      return (await RunFactory.merge(running).create()).id
    },
    async device() {
      await scene.post('/alerts/devices', deviceForm(scene))
      return (await notifications.push.list(admin.id))[0].id
    },
    async streamerOf(connection) {
      const { user } = await aPerson('streamer', organization)
      await db.from('connections').where('id', connection).update({ owner_user_id: user.id })
      return user
    },
    last: async () => (await scene.entries())[0],
    lastOf: async (slug) => (await scene.entriesOf(slug))[0],
    async entriesOf(slug) {
      const { id } = await Organization.findByOrFail('slug', slug)
      return (await log.page(id, EVERYTHING)).entries
    },
    entries: async () => (await log.page(ORGANIZATION, EVERYTHING)).entries,
  }
  return scene
}

const RULE: Omit<RuleInput, 'name'> = {
  ...{ events: [], providers: [], tags: [], channels: ['inbox'], isActive: true },
  ...{ severity: 'normal', scope: 'concerned', digest: 'none', numbers: NO_NUMBERS },
}

/** What a browser tells of its subscription. */
export function deviceForm({ push }: AuditScene): Record<string, string> {
  const { endpoint, p256dh, auth } = push.subscribe(VAPID_KEYS.publicKey)
  return { endpoint, p256dh, auth, replaces: '' }
}
