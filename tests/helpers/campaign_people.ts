import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { toInstant } from '#models/columns'
import type Connection from '#models/connection'
import type Organization from '#models/organization'
import { aConnection, aPerson } from '#tests/helpers/people'

const HOUR = 3_600_000

/** An organization with people of each role. */
export async function aCast() {
  const { user: admin, organization, email } = await aPerson('admin')
  const people = {
    admin,
    operator: (await aPerson('operator', organization)).user,
    viewer: (await aPerson('viewer', organization)).user,
    game_master: (await aPerson('game_master', organization)).user,
    other_game_master: (await aPerson('game_master', organization)).user,
    streamer: (await aPerson('streamer', organization)).user,
    other_streamer: (await aPerson('streamer', organization)).user,
  }
  return { organization, people, email }
}

type Cast = Awaited<ReturnType<typeof aCast>>

/** A campaign that `game_master` leads, with one member, which `streamer` owns; among new people unless told. */
export async function aCampaign(among?: Cast) {
  const { organization, people, email } = among ?? (await aCast())
  const channel = await aConnection(organization, {
    displayName: 'Ana Live',
    ownerUserId: people.streamer.id,
  })
  const { campaigns } = await app.container.make('engine')
  const actor = { organizationId: organization.id, userId: people.admin.id, role: 'admin' as const }
  const made = await campaigns.create(actor, { name: 'Friday quiz' })
  if (!made.ok) throw new Error(made.message)
  const id = made.campaignId
  await campaigns.addMember(actor, id, channel.id)
  await campaigns.addGameMaster(actor, id, people.game_master.id)
  return { organization, people, email, actor, campaigns, campaign: { id }, channel }
}

export type CampaignPeople = Cast['people']

/** Opens a member's window as a grant does, for pages that only show it. */
export async function openWindow(campaignId: string, connectionId: string, hours = 3): Promise<void> {
  const now = Date.now()
  await db
    .from('campaign_members')
    .where({ campaign_id: campaignId, connection_id: connectionId })
    .update({
      authorized_at: toInstant(now),
      authorized_until: toInstant(now + hours * HOUR),
      revoked_at: null,
    })
}

/** So many more members, with names of every length; the first of them needs a person. */
export async function moreMembers(
  { organization, campaigns, actor, campaign }: Awaited<ReturnType<typeof aCampaign>>,
  count: number
): Promise<Connection[]> {
  const added: Connection[] = []
  for (let index = 0; index < count; index++) {
    const connection = await aMember(organization, index)
    await campaigns.addMember(actor, campaign.id, connection.id)
    added.push(connection)
  }
  return added
}

function aMember(organization: Organization, index: number): Promise<Connection> {
  const dead = { status: 'needs_reauth', statusReason: 'rejected', isActive: false, nextRefreshAt: null }
  const displayName = `Channel ${index} ${'of a very long name '.repeat(index % 4)}`.trim()
  return aConnection(organization, {
    displayName,
    createdAt: DateTime.utc(),
    ...(index === 0 ? dead : {}),
  })
}
