import type { HttpContext } from '@adonisjs/core/http'
import { safeReturnTo } from '#validators/return_to'

/** What a visitor chooses about the frame of the pages, the first of each unless they did. */
const CHOICES = {
  rail: ['wide', 'narrow'],
  shortcuts: ['on', 'off'],
} as const

export type ShellChoice = keyof typeof CHOICES

/** What was chosen; the cookie is plain text because the browser writes it, too. */
export function shellChoice({ request }: Pick<HttpContext, 'request'>, name: ShellChoice): string {
  const chosen: unknown = request.plainCookie(name, { encoded: false })
  return CHOICES[name].find((value) => value === chosen) ?? CHOICES[name][0]
}

/** Remembers choices in this browser where no script does. */
export default class ShellChoiceController {
  store({ request, response }: HttpContext) {
    for (const name of Object.keys(CHOICES) as ShellChoice[]) {
      const value = CHOICES[name].find((one) => one === request.input(name))
      if (!value) continue
      response.plainCookie(name, value, { encode: false, httpOnly: false, maxAge: '365d', sameSite: 'lax' })
    }
    return response
      .redirect()
      .status(303)
      .toPath(safeReturnTo(request.input('return_to'), '/'))
  }
}
