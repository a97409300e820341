import type { HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import { writeProblem } from '#exceptions/problem'
import { allows } from '#services/api_keys/abilities'
import type { Actor, Refusal, SessionStart, WindowRefused } from '#services/campaigns/types'
import { windowAnswer } from '#services/campaigns/window_answer'
import { apiUnhealthyMember } from '#transformers/api_campaign'
import { refuseFields } from '#validators/api_input'

/** Seconds after which another try makes sense where nobody knows. */
const USUAL_WAIT = 5

/** The fields of the campaign room as callers name them. */
const FIELDS: Readonly<Record<NonNullable<Refusal['field']>, string>> = {
  name: 'name',
  windowHours: 'window_hours',
  hours: 'hours',
  connectionId: 'connection_id',
  userId: 'user_id',
}

/** An API key acts for its organization: as an operator where it may change campaigns, else as somebody who looks. */
export function actorOfKey({ apiKey: { organizationId, abilities } }: HttpContext): Actor {
  return { organizationId, userId: null, role: allows(abilities, 'campaigns:write') ? 'operator' : 'viewer' }
}

/** Says why nothing was done. What belongs to another organization is not found. */
export function refuseCampaign(ctx: HttpContext, refused: Omit<Refusal, 'code'>): void {
  const { reason, message, field, sessionId } = refused
  refuseField(field, reason, message)
  const status = STATUS[reason] ?? 409
  const more = sessionId === undefined ? undefined : { session_id: sessionId }
  writeProblem(ctx, { status, code: CODES[reason] ?? reason, detail: message, more })
}

const STATUS: Readonly<Record<string, number>> = { not_found: 404, not_allowed: 403 }
/** Reasons whose code says more to somebody who does not know which call it was. */
const CODES: Readonly<Record<string, string>> = { archived: 'campaign_archived', invalid: 'members_changing' }

/** Says who keeps a session from starting, why, and what helps (T8). */
export function refuseStart(ctx: HttpContext, refused: Extract<SessionStart, { ok: false }>): void {
  if (refused.reason !== 'unhealthy') return refuseCampaign(ctx, refused)
  const more = { unhealthy: refused.unhealthy.map(apiUnhealthyMember) }
  writeProblem(ctx, { status: 409, code: 'members_unhealthy', detail: refused.message, more })
}

/** Says why a window did not open (T1): 409 where only a person can help, 503 or 429 where time may. */
export function refuseWindow(ctx: HttpContext, refused: WindowRefused, now: number): void {
  const { reason, why, advice, field, reconnectPath, retryAt } = refused
  if (reason === 'not_found' || reason === 'archived' || field)
    return refuseCampaign(ctx, { ok: false, reason: reason as Refusal['reason'], message: why, field })
  const { status, code } = windowAnswer(reason)
  const wait = retryAt === null ? USUAL_WAIT : Math.max(1, Math.ceil((retryAt - now) / 1000))
  if (status !== 409) ctx.response.header('Retry-After', String(wait))
  const reconnectUrl = reconnectPath === null ? undefined : new URL(reconnectPath, appUrl).href
  writeProblem(ctx, { status, code, detail: why, reconnectUrl, more: { reason, advice } })
}

/** What is wrong with one field of the input is told as the validator tells it. */
function refuseField(field: Refusal['field'], reason: string, message: string): void {
  if (field && (reason === 'invalid' || reason === 'not_found'))
    refuseFields([{ field: FIELDS[field], rule: reason, message }])
}
