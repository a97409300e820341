import type { HttpContext } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { appUrl } from '#config/app'
import { apiDocument, type ApiDocument } from '#openapi/document'
import { apiRoutes } from '#openapi/routes'
import { referencePage } from '#openapi/reference/page'

/** What the API is, for everybody: it is made from the code, and tells nothing of any organization. */
export default class OpenapiController {
  /** For programs: OpenAPI 3.1. Pages of other origins may read it. */
  show({ response }: HttpContext) {
    response.header('Content-Type', 'application/json; charset=utf-8').header('Cache-Control', 'no-cache')
    response.header('X-Content-Type-Options', 'nosniff').header('Access-Control-Allow-Origin', '*')
    response.header('Content-Security-Policy', "default-src 'none';frame-ancestors 'none'")
    response.send(description().text, true)
  }

  /** For people. */
  async reference({ view }: HttpContext) {
    body ??= await view.render('components/reference/body', referencePage(description().document, appUrl))
    return view.render('pages/api_reference', { body })
  }
}

let made: { document: ApiDocument; text: string } | null = null
let body: string | null = null

/** The same for everybody as long as the process lives; so is the body of the page. */
function description() {
  if (made) return made
  const document = apiDocument(apiRoutes(router))
  made = { document, text: JSON.stringify(document) }
  return made
}
