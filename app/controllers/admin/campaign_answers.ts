import { Exception } from '@adonisjs/core/exceptions'
import { errors, type HttpContext } from '@adonisjs/core/http'
import type { RefusalCode } from '#services/campaigns/refusals'
import type { CampaignField, UnhealthyMember, WindowRefused } from '#services/campaigns/types'
import { refusalWords, windowWords } from '#transformers/campaign_words'

/** Where a form that was refused waits for the page that shows it again. */
const REFUSED = 'campaigns.refused'

/** The forms of the campaign pages, as far as they can be refused. */
export type CampaignForm = 'settings' | 'member' | 'game_master' | 'window' | 'session' | 'archive'

/** A refused form with what was written into it, so that nothing is lost. */
export interface RefusedForm {
  form: CampaignForm
  message: string
  field?: CampaignField
  values?: Record<string, string>
  /** Whose window it was about, and what helps. */
  window?: Pick<WindowRefused, 'advice' | 'reconnectPath' | 'retryAt'> & {
    campaignId: string
    connectionId: string
  }
  /** Who keeps a session from starting. */
  unhealthy?: UnhealthyMember[]
}

interface Refusing {
  ok: false
  reason: string
  message?: string
  field?: CampaignField
}

/** What is not there, or not this person's to see, and what the role may not do, is no matter of a form. */
export function throwUnlessForm({ i18n, request }: HttpContext, refused: Refusing): void {
  if (refused.reason === 'not_found' && !refused.field) throw notFound(request)
  if (refused.reason !== 'not_allowed') return
  throw new Exception(i18n.t('campaigns.refusals.forbidden'), { status: 403, code: 'E_NOT_ALLOWED' })
}

export function notFound(request: HttpContext['request']) {
  return new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
}

/** Back to a page that shows the refused form again. */
export function refuse({ response, session }: HttpContext, path: string, refused: RefusedForm) {
  session.flash(REFUSED, refused)
  return response.redirect().status(303).toPath(path)
}

/** Why the form was refused, in the reader's language. */
export function refusedBecause({ i18n }: HttpContext, { code }: { code: RefusalCode }): string {
  return refusalWords(code, i18n.t.bind(i18n))
}

/** The form that was refused just before this page; null where none was. */
export function refusedForm({ session }: HttpContext): RefusedForm | null {
  return session.flashMessages.get(REFUSED, null) as RefusedForm | null
}

/** Back to a page with one sentence about what was done. */
export function leave({ response, session }: HttpContext, path: string, text: string) {
  session.flash('notice', { tone: 'good', text })
  return response.redirect().status(303).toPath(path)
}

/** A window that was not opened or changed, beside the channel that it is about. */
export function refusedWindow(
  ctx: HttpContext,
  refused: WindowRefused,
  { campaignId, connectionId, hours }: { campaignId: string; connectionId: string; hours: string }
): RefusedForm {
  const { field, reconnectPath, retryAt } = refused
  const { message, advice } = windowWords(refused, ctx.i18n.t.bind(ctx.i18n))
  const window = { campaignId, connectionId, advice, reconnectPath, retryAt }
  return { form: 'window', message, field, values: { hours }, window }
}

/** The text of a field; what is missing, or no text, is empty. */
export function textOf({ request }: HttpContext, name: string): string {
  const value: unknown = request.input(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** A number as the form has it; undefined where the field is empty, NaN where it holds no number. */
export function numberOf(text: string): number | undefined {
  return text === '' ? undefined : Number(text)
}
