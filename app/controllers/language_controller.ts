import type { HttpContext } from '@adonisjs/core/http'
import { signedInPerson } from '#services/people/page_session'
import { knownLanguage, rememberLanguage } from '#transformers/reader'
import { ownPath } from '#validators/return_to'

/** Changes the language of the pages: in this browser, and for a signed-in person everywhere. */
export default class LanguageController {
  async store(ctx: HttpContext) {
    const { request, response } = ctx
    const language = knownLanguage(request.input('language'))
    if (language) {
      rememberLanguage(ctx, language)
      const person = await signedInPerson(ctx)
      await person?.merge({ locale: language }).save()
    }
    return response
      .redirect()
      .status(303)
      .toPath(ownPath(request.input('return_to'), '/'))
  }
}
