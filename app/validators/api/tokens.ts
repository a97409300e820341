import vine from '@vinejs/vine'
import { apiInput, text } from '#validators/api_input'

const MOST_IDS = 500

/** Whose token, and where. */
export const tokenOwner = apiInput({ provider: text(64), owner: text() })

/** The token that the provider refused; without it the stored one is checked. */
export const refusedToken = apiInput({
  access_token: vine.string().minLength(1).maxLength(16_384).optional(),
})

/** Which connections are to be tested. */
export const tokenValidation = apiInput({
  connection_ids: vine.array(vine.string().minLength(1).maxLength(64)).minLength(1).maxLength(MOST_IDS),
  auto_refresh: vine.boolean({ strict: true }).optional(),
})
