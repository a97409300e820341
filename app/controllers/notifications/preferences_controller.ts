import type { HttpContext } from '@adonisjs/core/http'
import {
  leave,
  notificationsOf,
  personOf,
  refuse,
  refusedForm,
} from '#controllers/notifications/form_answers'
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
    if (saved.ok) return leave(ctx, '/alerts', 'Saved.')
    return refuse(ctx, '/alerts', { name: REFUSED, values, problems: saved.problems })
  }
}

/** The form that was refused just before the page of the rules, which holds it; null where none was. */
export function refusedPreferences(ctx: HttpContext) {
  return refusedForm<Values>(ctx, REFUSED)
}
