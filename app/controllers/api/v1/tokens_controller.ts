import type { HttpContext } from '@adonisjs/core/http'
import vine from '@vinejs/vine'
import { engineOf } from '#controllers/api/v1/answers'
import type { TokenManager } from '#services/token_manager/token_manager'
import { apiToken } from '#transformers/api_token'
import { apiInput, noInput, text } from '#validators/api_input'

const query = apiInput({ provider: text(64), owner: text() })
const report = apiInput({ access_token: vine.string().minLength(1).maxLength(16_384).optional() })
const MOST_IDS = 500
const validation = apiInput({
  connection_ids: vine.array(vine.string().minLength(1).maxLength(64)).minLength(1).maxLength(MOST_IDS),
  auto_refresh: vine.boolean({ strict: true }).optional(),
})

/** Tokens for programs (P1, B4). Where there is none, the token manager's typed errors become the problems of SPEC §5.3. */
export default class TokensController {
  /** By owner and provider. */
  async show(ctx: HttpContext) {
    const { provider, owner } = await query(ctx.request.qs())
    const { organizationId } = ctx.apiKey
    const tokens = await tokensOf(ctx)
    ctx.response.json(apiToken(await tokens.getValidAccessToken({ organizationId, owner, provider })))
  }

  /** By connection. */
  async ofConnection(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const tokens = await tokensOf(ctx)
    ctx.response.json(apiToken(await tokens.getValidAccessToken(selectorOf(ctx))))
  }

  /**
   * "The provider refused this token." Answers with the token to try next, which is never the refused one; a caller that
   * does not send it has the stored one checked.
   */
  async reportUnauthorized(ctx: HttpContext) {
    const { access_token: refused } = await report(ctx.request.body())
    const tokens = await tokensOf(ctx)
    ctx.response.json(apiToken(await tokens.onUnauthorized(selectorOf(ctx), refused)))
  }

  /** X4: which of these connections can be used now, and why the others cannot. */
  async validate(ctx: HttpContext) {
    const { connection_ids: ids, auto_refresh: autoRefresh = false } = await validation(ctx.request.body())
    const { tokenValidation } = await engineOf(ctx)
    const { organizationId } = ctx.apiKey
    ctx.response.json(await tokenValidation.validate({ organizationId, ids, autoRefresh }))
  }
}

function tokensOf({ containerResolver }: HttpContext): Promise<TokenManager> {
  return containerResolver.make('tokens')
}

function selectorOf({ apiKey, params }: HttpContext) {
  return { organizationId: apiKey.organizationId, connectionId: String(params.id) }
}
