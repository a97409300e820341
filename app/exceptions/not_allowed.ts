import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'

/** Why a page is refused; the sentences are in `people.refused` of the catalogues. */
export type Refusal = 'no_organization' | 'area' | 'act' | 'connect' | 'manage'

/** A refusal that people may read: 403, with what to do about it in their language. */
export function notAllowed({ i18n }: Pick<HttpContext, 'i18n'>, refusal: Refusal): Exception {
  return new Exception(i18n.t(`people.refused.${refusal}`), { status: 403, code: 'E_NOT_ALLOWED' })
}
