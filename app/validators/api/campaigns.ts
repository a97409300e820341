import vine from '@vinejs/vine'
import { LONGEST_NAME, LONGEST_WINDOW, SHORTEST_WINDOW } from '#services/campaigns/refusals'
import { apiInput, flag, listPart } from '#validators/api_input'

/** Whole hours; the campaign room itself says what is wrong with others. */
const hours = () =>
  vine.number({ strict: true }).meta({ type: 'integer', minimum: SHORTEST_WINDOW, maximum: LONGEST_WINDOW })

/** The list of campaigns. */
export const campaignList = apiInput({ archived: flag().optional(), ...listPart() })

/** A new campaign. */
export const newCampaign = apiInput({
  name: vine.string().meta({ type: 'string', minLength: 1, maxLength: LONGEST_NAME }),
  window_hours: hours().optional(),
})

/** A new member of a campaign. */
export const newMember = apiInput({ connection_id: vine.string().maxLength(64) })

/** A window that is to be opened; without hours the campaign's own time counts. */
export const newWindow = apiInput({ hours: hours().optional() })
