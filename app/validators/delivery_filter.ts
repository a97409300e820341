import type { DeliveryFilter } from '#notifications/delivery_log_sql'
import { DELIVERY_STATES } from '#notifications/delivery_types'

type Input = Record<string, unknown>

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Reads the filter of the delivery log, for the log and for its links. What makes no sense is ignored. */
export function deliveryFilter(input: Input) {
  const state = DELIVERY_STATES.find((one) => one === input.state)
  const channelId = typeof input.channel === 'string' && UUID.test(input.channel) ? input.channel : undefined
  const filter: DeliveryFilter = { state, channelId }
  return { filter, shown: { state: state ?? null, channel: channelId ?? null } }
}
