import type { StoredAccount } from '#database/demo/accounts'
import type { DemoPerson } from '#database/demo/cast_people'
import type { Stage } from '#database/demo/stage'
import { DAY, HOUR } from '#database/demo/times'
import { uuid } from '#models/uuid'
import { run, type Work } from '#store/driver'

const ENDED = `INSERT INTO campaign_sessions
    (id, campaign_id, organization_id, state, started_by, started_at, ended_at, last_checked_at)
  VALUES (?, ?, ?, 'ended', ?, ?t, ?t, ?t)`
const STARTED = "UPDATE campaign_sessions SET started_at = ?t WHERE state = 'live'"
const SINCE = 'UPDATE campaigns SET created_at = ?t WHERE id = ?'

/**
 * Makes the campaigns. The first has a game master, streamers with open windows, and a live session: each of its tokens is
 * refreshed at its provider for that, as always.
 */
export async function makeCampaigns(
  stage: Stage,
  organizationId: string,
  staff: readonly DemoPerson[],
  accounts: readonly StoredAccount[]
): Promise<void> {
  const { engine, script, driver, now } = stage
  const person = (role: string) => staff.find((one) => one.role === role)?.userId ?? ''
  const admin = { organizationId, userId: person('admin'), role: 'admin' as const }
  const { channels, size, names } = script.campaign
  const healthy = accounts.filter(
    ({ account }) => account.provider === channels && account.condition === 'healthy'
  )
  await must(engine.campaigns.linkStreamer(admin, healthy[0].id, person('streamer')))
  for (const [place, name] of names.entries()) {
    const created = await must(engine.campaigns.create(admin, { name }))
    const { campaignId } = created
    await must(engine.campaigns.addGameMaster(admin, campaignId, person('game_master')))
    for (const { id } of healthy.slice(place * size, place * size + size))
      await must(engine.campaigns.addMember(admin, campaignId, id))
    await driver.transaction(() => run(SINCE, [now - (40 - place) * DAY, campaignId]))
    if (place > 0) continue
    for (const { id } of healthy.slice(0, size)) await must(engine.windows.authorize(admin, campaignId, id))
    await must(engine.campaignSessions.start(admin, campaignId))
    await rememberSessions(stage, { organizationId, campaignId, by: person('game_master') })
  }
}

/** The live session goes on for two hours already; earlier ones ended. */
async function rememberSessions(
  { driver, now }: Stage,
  { organizationId, campaignId, by }: { organizationId: string; campaignId: string; by: string }
): Promise<void> {
  await driver.transaction(function* (): Work<void> {
    yield* run(STARTED, [now - 2 * HOUR])
    for (const days of [7, 14, 21]) {
      const began = now - days * DAY
      const ended = began + (3 + (days % 4)) * HOUR
      yield* run(ENDED, [uuid(began), campaignId, organizationId, by, began, ended, ended])
    }
  })
}

/** What the demo asks for is allowed; a refusal is a mistake of the demo. */
async function must<T extends { ok: boolean }>(answer: Promise<T>): Promise<Extract<T, { ok: true }>> {
  const result = await answer
  if (!result.ok) throw new Error(`The demo was refused: ${JSON.stringify(result)}`)
  return result as Extract<T, { ok: true }>
}
