import vine from '@vinejs/vine'
import { LIST_STATUSES } from '#services/connection_list'
import { apiInput, instant, listPart, text } from '#validators/api_input'

const MOST_IDS = 500
const DAY = 24 * 60 * 60
/** In seconds. */
const SHORTEST_LINK = 60
const LONGEST_LINK = 30 * DAY

/** The list of connections. */
export const connectionQuery = apiInput({
  provider: text(64).optional(),
  status: vine.enum(LIST_STATUSES).optional(),
  owner: text().optional(),
  expires_before: instant().optional(),
  q: text(1_000).optional(),
  ...listPart(),
})

/** Refreshing many connections: of `ids` and `filter` one. */
export const bulkRefresh = apiInput({
  ids: vine.array(vine.string().uuid()).minLength(1).maxLength(MOST_IDS).optional(),
  filter: text(1_000).optional(),
  force: vine.boolean({ strict: true }).optional(),
})

/** A link to connect or to renew an account. `expires_in` in seconds. */
export const connectLink = apiInput({
  provider: text(64),
  owner: text(),
  connection_id: vine.string().uuid().optional(),
  return_url: vine.string().optional(),
  config: vine.record(vine.string().maxLength(255)).optional(),
  expires_in: vine.number({ strict: true }).withoutDecimals().range([SHORTEST_LINK, LONGEST_LINK]).optional(),
})

/** Whose platforms. */
export const platformOwner = apiInput({ owner: text() })
