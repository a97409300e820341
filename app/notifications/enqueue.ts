import { uuid } from '#models/uuid'
import * as sql from '#notifications/dispatch_sql'
import type { Draft } from '#notifications/drafts'
import type { Place, Placed } from '#notifications/matter_store'
import type { Target } from '#notifications/routing'
import { all, runAll, type Change, type Work } from '#store/driver'

interface Digests {
  byTarget: Map<string, { id: string; dueAt: number }>
}

/** Writes the messages that matters need: one for each receiver, or a line of the digest that waits for it. */
export function* enqueue(place: Place, placed: readonly Placed[]): Work<void> {
  const digests = yield* readDigests(place, placed)
  const changes = placed.flatMap(({ matterId, draft, targets }) =>
    targets.flatMap((target) => toChanges(place, { matterId, draft, target, digests }))
  )
  if (changes.length > 0) yield* runAll(changes)
}

/** Digests that wait for these receivers, held until the transaction ends. */
function* readDigests(place: Place, placed: readonly Placed[]): Work<Digests> {
  const wanted = placed.flatMap(({ targets }) => targets.filter(({ isDigest }) => isDigest))
  const byTarget: Digests['byTarget'] = new Map()
  if (wanted.length === 0) return { byTarget }
  const targets = JSON.stringify([...new Set(wanted.map(({ target }) => target))].map((target) => [target]))
  for (const row of yield* all(sql.holdDigests(place.dialect), [place.organizationId, targets])) {
    byTarget.set(row.target as string, { id: row.id as string, dueAt: Number(row.due_at) })
  }
  return { byTarget }
}

function toChanges(
  place: Place,
  one: { matterId: string; draft: Draft; target: Target; digests: Digests }
): Change[] {
  const { matterId, draft, target, digests } = one
  const waiting = target.isDigest ? digests.byTarget.get(target.target) : undefined
  if (!waiting) {
    const id = uuid(place.at)
    if (target.isDigest) digests.byTarget.set(target.target, { id, dueAt: target.dueAt })
    return [insertion(place, id, draft, target), item(matterId, id, target)]
  }
  const joined = item(matterId, waiting.id, target)
  if (target.dueAt >= waiting.dueAt) return [joined]
  waiting.dueAt = target.dueAt
  return [{ sql: sql.HASTEN, values: [target.dueAt, place.at, waiting.id] }, joined]
}

function insertion(
  { organizationId, at }: Place,
  id: string,
  { userId, channelId }: Draft,
  { channel, target, isDigest, dueAt }: Target
): Change {
  const receiver = [channel, target, channelId, userId]
  return {
    sql: sql.INSERT_DELIVERY,
    values: [id, organizationId, ...receiver, isDigest, dueAt, at, at],
  }
}

function item(matterId: string, deliveryId: string, { target }: Target): Change {
  return { sql: sql.INSERT_ITEM, values: [matterId, deliveryId, target] }
}
