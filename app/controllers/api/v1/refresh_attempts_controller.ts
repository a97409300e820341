import type { HttpContext } from '@adonisjs/core/http'
import vine from '@vinejs/vine'
import { answerList, engineOf } from '#controllers/api/v1/answers'
import { OUTCOMES } from '#services/run_pages'
import { REFRESH_KINDS } from '#token_refresh/types'
import { apiAttempt } from '#transformers/api_attempt'
import { apiInput, cursor, instant, text, toCursor, toMillis } from '#validators/api_input'

const query = apiInput({
  outcome: vine.enum(OUTCOMES).optional(),
  kind: vine.enum(REFRESH_KINDS).optional(),
  provider: text(64).optional(),
  connection_id: vine.string().uuid().optional(),
  from: instant().optional(),
  to: instant().optional(),
  cursor: cursor().optional(),
})

/** The refresh log (M3), the newest attempt first. */
export default class RefreshAttemptsController {
  async index(ctx: HttpContext) {
    const { connection_id: id, from, to, cursor: place, ...filter } = await query(ctx.request.qs())
    const { log } = await engineOf(ctx)
    const period = { from: toMillis(from), to: toMillis(to), connectionId: id?.toLowerCase() }
    const page = await log.recent(
      ctx.apiKey.organizationId,
      { ...filter, ...period },
      { cursor: toCursor(place) }
    )
    return answerList(ctx, page.entries.map(apiAttempt), page)
  }
}
