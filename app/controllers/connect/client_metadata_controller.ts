import { errors, type HttpContext } from '@adonisjs/core/http'
import type { Engine } from '#services/build_engine'

/**
 * Our client as authorization servers read it, where its URL is our client id (Client ID Metadata Document). Public: it
 * holds nothing but what follows from its own address. Each provider has one, with a redirect URL of its own.
 */
export default class ClientMetadataController {
  async show({ containerResolver, params, request, response }: HttpContext) {
    const { mcp }: Engine = await containerResolver.make('engine')
    const document = mcp.clientDocument(String(params.provider))
    if (!document) throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    response.header('Cache-Control', 'public, max-age=3600').type('json')
    return response.send(document)
  }
}
