import { uuid } from '#models/uuid'
import type { Role } from '#models/membership'
import type { Actor } from '#services/campaigns/types'
import type { Row, Value } from '#store/driver'
import type { AccountAnswer } from '#tests/helpers/account_server'
import type { Dialect } from '#tests/helpers/engine_fixture'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'
import { accountOf, verificationFixture, type VerificationFixture } from '#tests/helpers/verification_fixture'

export const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
export const ELSEWHERE = '00000000-0000-7000-8000-00000000000b'

/** A connection that nothing is planned for: the tokens of a windowed provider outside any window. */
export const PARKED = { token_expires_at: NOW + 4 * HOUR, last_token_refresh_at: NOW, next_refresh_at: null }

export interface CampaignFixture extends VerificationFixture {
  admin: Actor
  /** A person with a role in the organization, or in the other one. */
  person(role: Role, organizationId?: string): Promise<Actor & { userId: string }>
  /** A campaign with these channels, led by these people. */
  campaign(name: string, members?: readonly string[], masters?: readonly Actor[]): Promise<string>
  /** A channel that belongs to a streamer. */
  channel(account: string, owner?: Actor, values?: Record<string, Value>): Promise<string>
  member(campaignId: string, connectionId: string): Promise<Row>
  sessions(campaignId: string): Promise<Row[]>
  /** What was told of live sessions. */
  events(): Promise<Row[]>
}

/** The verification fixture with a provider whose grants are kept alive only while a window is open, as Twitch's are. */
export async function campaignFixture(
  dialect: Dialect,
  cleanup: (work: () => Promise<void>) => void
): Promise<CampaignFixture> {
  const fixture = await verificationFixture(dialect, cleanup, {
    refresh: { margin: '1h', keepAlive: 'while_authorized' },
  })
  fixture.server.expiresIn = 4 * 3600
  const { engine, all, run, server, accounts, refused } = fixture
  const answer = ({ token }: { token: string }): AccountAnswer => {
    const id = server.accountOf(token) ?? accountOf(token)
    return refused.has(token) || refused.has(id)
      ? { status: 401, body: { status: 401, message: 'invalid access token' } }
      : { body: { id, login: id, client_id: 'client' } }
  }
  accounts.on('/validate', answer)
  accounts.on('/me', answer)
  for (const [id, slug] of [
    [ORGANIZATION, 'main'],
    [ELSEWHERE, 'elsewhere'],
  ]) {
    await run(
      'INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t) ON CONFLICT (id) DO NOTHING',
      [id, slug, slug, NOW]
    )
  }
  let people = 0
  const person = async (role: Role, organizationId = ORGANIZATION) => {
    const userId = uuid(NOW)
    people++
    await run('INSERT INTO users (id, email, full_name, password, created_at) VALUES (?, ?, ?, ?, ?t)', [
      userId,
      `${role}-${people}@example.com`,
      `${role} ${people}`,
      'x',
      NOW,
    ])
    await run('INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES (?, ?, ?, ?t)', [
      organizationId,
      userId,
      role,
      NOW,
    ])
    return { organizationId, userId, role }
  }
  const admin = await person('admin')
  return {
    ...fixture,
    admin,
    person,
    async campaign(name, members = [], masters = []) {
      const created = await engine.campaigns.create(admin, { name })
      if (!created.ok) throw new Error(created.message)
      for (const id of members) await engine.campaigns.addMember(admin, created.campaignId, id)
      for (const { userId } of masters) {
        await engine.campaigns.addGameMaster(admin, created.campaignId, userId ?? '')
      }
      return created.campaignId
    },
    channel: (account, owner, values = {}) =>
      fixture.connect(account, { ...PARKED, owner_user_id: owner?.userId ?? null, ...values }),
    async member(campaignId, connectionId) {
      const where = 'campaign_id = ? AND connection_id = ?'
      return (await all(`SELECT * FROM campaign_members WHERE ${where}`, [campaignId, connectionId]))[0]
    },
    sessions: (campaignId) =>
      all('SELECT * FROM campaign_sessions WHERE campaign_id = ? ORDER BY started_at, id', [campaignId]),
    events: () => all("SELECT * FROM events WHERE name LIKE 'campaign.%' ORDER BY created_at, id"),
  }
}
