import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import { engineOf } from '#controllers/api/v1/answers'
import { onceATurn } from '#services/once_a_turn'
import type { ValidToken } from '#services/token_manager/servable_token'
import { apiToken } from '#transformers/api_token'
import { refusedToken, tokenOwner, tokenValidation } from '#validators/api/tokens'
import { noInput } from '#validators/api_input'

const JSON_TYPE = 'application/json; charset=utf-8'

/** Tokens for programs (P1, B4). Where there is none, the token manager's typed errors become the problems of SPEC §5.3. */
export default class TokensController {
  /** By owner and provider. */
  async show(ctx: HttpContext) {
    const { provider, owner } = await tokenOwner(ctx.request.qs())
    const { organizationId } = ctx.apiKey
    const { tokens } = await door()
    const selector = { organizationId, owner, provider, mark: ctx.mark }
    return handOut(ctx, await tokens.getValidAccessToken(selector))
  }

  /** By connection. */
  async ofConnection(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const { tokens } = await door()
    return handOut(ctx, await tokens.getValidAccessToken(selectorOf(ctx)))
  }

  /**
   * "The provider refused this token." Answers with the token to try next, which is never the refused one; a caller that
   * does not send it has the stored one checked.
   */
  async reportUnauthorized(ctx: HttpContext) {
    const { access_token: refused } = await refusedToken(ctx.request.body())
    const { tokens } = await door()
    return handOut(ctx, await tokens.onUnauthorized(selectorOf(ctx), refused))
  }

  /** X4: which of these connections can be used now, and why the others cannot. */
  async validate(ctx: HttpContext) {
    const { connection_ids: ids, auto_refresh: autoRefresh = false } = await tokenValidation(
      ctx.request.body()
    )
    ctx.audit?.note({ connections: ids.length, auto_refresh: autoRefresh })
    const engine = await engineOf(ctx)
    const { organizationId } = ctx.apiKey
    ctx.response.json(await engine.tokenValidation.validate({ organizationId, ids, autoRefresh }))
  }
}

/** The container takes its time, so it is asked once for all calls that come together. */
const door = onceATurn(async () => {
  const { handOuts } = await app.container.make('audit')
  return { tokens: await app.container.make('tokens'), handOuts }
})

/** A token leaves, and who took it is counted. */
async function handOut(ctx: HttpContext, token: ValidToken): Promise<void> {
  const { handOuts } = await door()
  handOuts.count(ctx.apiKey, token.connectionId)
  // The framework's own `json` looks for circles and large numbers first; there are none in a token.
  ctx.response.header('Content-Type', JSON_TYPE).send(JSON.stringify(apiToken(token)))
}

function selectorOf({ apiKey, params, mark }: HttpContext) {
  return { organizationId: apiKey.organizationId, connectionId: String(params.id), mark }
}
