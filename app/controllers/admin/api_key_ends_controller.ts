import type { HttpContext } from '@adonisjs/core/http'
import { apiKeysOf, keyOf, makerOf, showKeyOnce } from '#controllers/admin/program_page'
import { leave } from '#controllers/notifications/form_answers'

const HOUR = 3_600_000

/** For how long the old key works beside the new one, by the word of the form. */
const OVERLAPS = new Map<unknown, number>([
  ['now', 0],
  ['1h', HOUR],
  ['24h', 24 * HOUR],
])

/** How a key comes to its end: another takes its place, or none. */
export default class ApiKeyEndsController {
  /** Answers with the new key. */
  async rotate(ctx: HttpContext) {
    const key = await keyOf(ctx)
    const overlap = OVERLAPS.get(ctx.request.input('overlap'))
    const page = `/api-keys/${key.id}`
    if (overlap === undefined) return leave(ctx, page, ctx.i18n.t('programs.problem.bad_overlap'), 'bad')
    const keys = await apiKeysOf(ctx)
    const { organizationId } = ctx.membership
    const made = await keys.rotate(organizationId, key.id, { overlap, createdBy: makerOf(ctx) })
    if (!made)
      return leave(ctx, page, ctx.i18n.t('programs.problem.not_rotatable', { name: key.name }), 'bad')
    ctx.audit?.note({ new_key: made.apiKey.id, overlap_seconds: overlap / 1_000 })
    return showKeyOnce(ctx, made, await keys.find(organizationId, key.id))
  }

  async revoke(ctx: HttpContext) {
    const { id, name } = await keyOf(ctx)
    const keys = await apiKeysOf(ctx)
    await keys.revoke(ctx.membership.organizationId, id)
    return leave(ctx, '/api', ctx.i18n.t('programs.keys.revoked', { name }))
  }
}
