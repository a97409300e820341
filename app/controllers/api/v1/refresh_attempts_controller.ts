import type { HttpContext } from '@adonisjs/core/http'
import { answerList, engineOf } from '#controllers/api/v1/answers'
import { apiAttempt } from '#transformers/api_attempt'
import { attemptList } from '#validators/api/runs'
import { toCursor, toMillis } from '#validators/api_input'

/** The refresh log (M3), the newest attempt first. */
export default class RefreshAttemptsController {
  async index(ctx: HttpContext) {
    const {
      connection_id: id,
      from,
      to,
      cursor: place,
      limit,
      ...filter
    } = await attemptList(ctx.request.qs())
    const { log } = await engineOf(ctx)
    const period = { from: toMillis(from), to: toMillis(to), connectionId: id?.toLowerCase() }
    const page = await log.recent(
      ctx.apiKey.organizationId,
      { ...filter, ...period },
      { cursor: toCursor(place), size: limit }
    )
    return answerList(ctx, page.entries.map(apiAttempt), page)
  }
}
