import type { HttpContext } from '@adonisjs/core/http'
import { platformHealth } from '#services/platform_health'
import { reconnectUrl } from '#transformers/api_connection'
import { apiInput, text } from '#validators/api_input'

const query = apiInput({ owner: text() })

/** How the platforms of an owner stand (P6). */
export default class PlatformsController {
  async health(ctx: HttpContext) {
    const { owner } = await query(ctx.request.qs())
    ctx.response.json({ health: await platformHealth(ctx.apiKey.organizationId, owner, reconnectUrl) })
  }
}
