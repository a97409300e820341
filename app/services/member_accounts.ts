import db from '@adonisjs/lucid/services/db'
import Connection from '#models/connection'
import { healthExpression } from '#services/account_list'
import type { ProviderFacts } from '#services/provider_facts'

/** The connections of these ids in the organization, by id, each with the one that its token derives from. */
export async function connectionsById(
  organizationId: string,
  ids: readonly string[]
): Promise<Map<string, Connection>> {
  if (ids.length === 0) return new Map()
  const found = await Connection.query()
    .where('organization_id', organizationId)
    .whereIn('id', [...ids])
    .preload('parent')
  return new Map(found.map((connection) => [connection.id, connection]))
}

/** The members of these campaigns that only a person can revive, by campaign, in the order of their names. */
export async function membersToReconnect(
  organizationId: string,
  campaignIds: readonly string[],
  { facts, now }: { facts: ProviderFacts; now: number }
): Promise<Map<string, Connection[]>> {
  if (campaignIds.length === 0) return new Map()
  const health = healthExpression(facts, now)
  const members = db.from('campaign_members').whereIn('campaign_id', [...campaignIds])
  const dead = await Connection.query()
    .where('organization_id', organizationId)
    .whereIn('id', members.clone().select('connection_id'))
    .whereRaw(`(${health.sql}) = 'reconnect'`, health.bindings as string[])
    .orderByRaw('lower(COALESCE(display_name, username, provider_account_id))')
  const byId = new Map(dead.map((connection) => [connection.id, connection]))
  const places = await members
    .clone()
    .whereIn('connection_id', [...byId.keys()])
    .select('campaign_id', 'connection_id')
  const memberships = new Set(places.map((place) => `${place.campaign_id} ${place.connection_id}`))
  return new Map(
    campaignIds.map((id) => [id, dead.filter((connection) => memberships.has(`${id} ${connection.id}`))])
  )
}
