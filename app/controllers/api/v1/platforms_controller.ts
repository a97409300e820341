import type { HttpContext } from '@adonisjs/core/http'
import { platformHealth } from '#services/platform_health'
import { reconnectUrl } from '#transformers/api_connection'
import { platformOwner } from '#validators/api/connections'

/** How the platforms of an owner stand (P6). */
export default class PlatformsController {
  async health(ctx: HttpContext) {
    const { owner } = await platformOwner(ctx.request.qs())
    ctx.response.json({ health: await platformHealth(ctx.apiKey.organizationId, owner, reconnectUrl) })
  }
}
