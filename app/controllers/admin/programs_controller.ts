import type { HttpContext } from '@adonisjs/core/http'
import { programPage } from '#controllers/admin/program_page'
import { notificationsOf } from '#controllers/notifications/form_answers'
import { appUrl } from '#config/app'
import { apiExample } from '#transformers/api_example'
import { channelRow } from '#transformers/channel_row'

/** Where more is: the description for programs, and the client among the sources. */
const LINKS = { document: '/api/openapi.json', client: 'clients/typescript' }

/** What programs are told by us, and how they begin to ask. */
export default class ProgramsController {
  /** The webhooks among the channels of the alerts, where they are changed and their deliveries are listed. */
  async webhooks(ctx: HttpContext) {
    const { channels } = await notificationsOf(ctx)
    const rows = (await channels.list(ctx.membership.organizationId))
      .filter(({ kind }) => kind === 'webhook')
      .map((channel) => channelRow(channel, ctx.i18n.t.bind(ctx.i18n)))
    return programPage(ctx, { page: 'webhooks', tab: 'webhooks', rows, now: Date.now() })
  }

  start(ctx: HttpContext) {
    const calls = {
      list: apiExample(['connections:read'], appUrl),
      token: apiExample(['tokens:read'], appUrl),
    }
    return programPage(ctx, { page: 'start', tab: 'start', calls, links: LINKS, base: `${appUrl}/api/v1` })
  }
}
