import router from '@adonisjs/core/services/router'
import { EvergrantCommand } from '#services/command_support'

export default class OpenapiPrint extends EvergrantCommand {
  static commandName = 'openapi:print'
  static description = 'Print the description of the HTTP API, OpenAPI 3.1, as /api/openapi.json serves it'
  static help = ['From it the typed client is made: npm run client.', 'Exit codes: 0 printed.']
  static options = { startApp: true }

  async run(): Promise<void> {
    await import('#start/routes')
    const { apiDocument } = await import('#openapi/document')
    const { apiRoutes } = await import('#openapi/routes')
    router.commit()
    this.print(JSON.stringify(apiDocument(apiRoutes(router)), null, 2))
  }
}
