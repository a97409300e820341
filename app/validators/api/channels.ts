import vine from '@vinejs/vine'
import { DELIVERY_STATES } from '#notifications/delivery_types'
import { CHANNEL_KINDS, EVENT_NAMES } from '#notifications/types'
import { apiInput, listPart, text } from '#validators/api_input'

const events = () => vine.array(vine.enum(EVENT_NAMES)).maxLength(EVENT_NAMES.length)

/** A new receiver of notifications. */
export const newChannel = apiInput({
  kind: vine.enum(CHANNEL_KINDS),
  name: text(120),
  target: text(2_048),
  events: events().optional(),
})

/** A change of a receiver; what is not named stays. */
export const channelChange = apiInput({
  name: text(120).optional(),
  target: text(2_048).optional(),
  events: events().nullable().optional(),
})

/** The list of deliveries. */
export const deliveryList = apiInput({
  state: vine.enum(DELIVERY_STATES).optional(),
  ...listPart(),
})
