import type { HttpContext } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { appUrl } from '#config/app'

const PURPOSE = 'connect-link'

/** The signed path of a connect link. Another APP_KEY ends all of them at once. */
export function connectLinkPath(id: string): string {
  return router.makeSignedUrl('connect_links.show', { id }, { purpose: PURPOSE })
}

/** The address that a person is sent. */
export function connectLinkUrl(id: string): string {
  return `${appUrl}${connectLinkPath(id)}`
}

/** Whether the address of this request is one that we signed. */
export function isSignedLink({ request }: HttpContext): boolean {
  return request.hasValidSignature(PURPOSE)
}
