import type { HttpContext } from '@adonisjs/core/http'
import { engineOf, notFound } from '#controllers/api/v1/answers'
import { writeProblem } from '#exceptions/problem'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts, loadProviderScope } from '#services/load_provider_facts'
import { apiConnection } from '#transformers/api_connection'
import { checkImportLine } from '#validators/import_line'

/** Takes over an account that was connected elsewhere, as one line of an import (SPEC §5.2). */
export default class ImportsController {
  /** 201 with the new connection; 200 where the account was there before, whether or not anything changed. */
  async store(ctx: HttpContext) {
    const { organizationId } = ctx.apiKey
    const checked = await checkImportLine(ctx.request.body(), await loadProviderScope(organizationId))
    if (!checked.ok)
      return writeProblem(ctx, { status: 422, code: 'validation_failed', detail: checked.message })
    const { connections } = await engineOf(ctx)
    const { connectionId, status } = await connections.importOne(organizationId, checked.line)
    ctx.audit?.about({ id: connectionId })
    ctx.audit?.note({ result: status })
    const connection = await dashboard.connection(organizationId, connectionId)
    if (!connection) return notFound(ctx, 'connection')
    ctx.response
      .status(status === 'imported' ? 201 : 200)
      .header('Location', `/api/v1/connections/${connectionId}`)
    ctx.response.json(apiConnection(connection, await loadProviderFacts(organizationId), Date.now()))
  }
}
