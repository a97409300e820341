import type { HttpContext } from '@adonisjs/core/http'
import { safeReturnTo } from '#validators/return_to'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** The theme that the visitor chose; the cookie is plain text because the browser writes it, too. */
export function themeOf({ request }: Pick<HttpContext, 'request'>): Theme {
  const chosen: unknown = request.plainCookie('theme', { encoded: false })
  return THEMES.find((theme) => theme === chosen) ?? 'system'
}

/** Remembers the theme where no script does. */
export default class ThemeController {
  store({ request, response }: HttpContext) {
    const theme = THEMES.find((name) => name === request.input('theme')) ?? 'system'
    response.plainCookie('theme', theme, { encode: false, httpOnly: false, maxAge: '365d', sameSite: 'lax' })
    return response
      .redirect()
      .status(303)
      .toPath(safeReturnTo(request.input('return_to')))
  }
}
