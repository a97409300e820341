import type { HttpContext } from '@adonisjs/core/http'
import {
  leave,
  notificationsOf,
  personOf,
  refuse,
  refusedForm,
  said,
} from '#controllers/notifications/form_answers'
import { speak } from '#transformers/reader'
import { readPreferences } from '#validators/preferences_form'

/** Where a form that was refused waits for the page that shows it again. */
const REFUSED = 'preferences.refused'

type Values = ReturnType<typeof readPreferences>

/** Quiet hours, language and time zone of whoever is signed in. */
export default class PreferencesController {
  async update(ctx: HttpContext) {
    const values = readPreferences(ctx.request.body())
    const { preferences } = await notificationsOf(ctx)
    const saved = await preferences.save(personOf(ctx), values)
    if (!saved.ok)
      return refuse(ctx, '/alerts', { name: REFUSED, values, problems: said(ctx, saved.problems) })
    if (values.locale !== '') speak(ctx, values.locale, values.timeZone || null)
    return leave(ctx, '/alerts', ctx.i18n.t('alerts.saved'))
  }
}

/** The form that was refused just before the page of the rules, which holds it; null where none was. */
export function refusedPreferences(ctx: HttpContext) {
  return refusedForm<Values>(ctx, REFUSED)
}
