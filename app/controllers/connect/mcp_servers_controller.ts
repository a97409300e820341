import type { HttpContext } from '@adonisjs/core/http'
import { beginConnect } from '#controllers/connect/begin_connect'
import { beginNotice } from '#controllers/connect/connect_notice'
import type { Engine } from '#services/build_engine'
import type { McpRefusal } from '#services/mcp/types'
import { mcpWords } from '#transformers/fault_words'

/** What the form shows again after it was refused; never the secret. */
export interface McpForm {
  url: string
  clientId: string
  problem: Pick<McpRefusal, 'field' | 'wanted'> & { message: string }
}

/** Where the form's state waits for the page that shows it again. */
export const MCP_FORM = 'mcpForm'

const CARD = '/accounts/connect#mcp-server'

/** Connects MCP servers by their URL. */
export default class McpServersController {
  async store(ctx: HttpContext) {
    const engine: Engine = await ctx.containerResolver.make('engine')
    const [url, clientId, clientSecret] = ['url', 'client_id', 'client_secret'].map((name) => text(ctx, name))
    const result = await engine.mcp.connect(ctx.membership.organizationId, {
      url,
      clientId: clientId || null,
      clientSecret: clientSecret || null,
    })
    if (!result.ok) {
      const message = mcpWords(result, ctx.i18n.t.bind(ctx.i18n))
      return this.#refuse(ctx, { url, clientId, problem: { ...result, message } })
    }
    const { provider } = result
    ctx.audit?.note({ provider: provider.id })
    const failure = await beginConnect(ctx, engine, { provider, renewed: null, config: {} })
    if (!failure) return
    const listener = { t: ctx.i18n.t.bind(ctx.i18n), isStaff: true }
    const { text: message } = beginNotice(provider, failure, listener)
    return this.#refuse(ctx, { url, clientId, problem: { field: 'url', message, wanted: null } })
  }

  #refuse({ response, session }: HttpContext, { url, clientId, problem }: McpForm) {
    const { field, message, wanted } = problem
    session.flash(MCP_FORM, { url, clientId, problem: { field, message, wanted } } satisfies McpForm)
    return response.redirect().status(303).toPath(CARD)
  }
}

function text({ request }: HttpContext, name: string): string {
  const value: unknown = request.input(name)
  return typeof value === 'string' ? value.trim().slice(0, 2_100) : ''
}
