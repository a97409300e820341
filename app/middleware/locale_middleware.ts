import i18nManager from '@adonisjs/i18n/services/main'
import { RequestValidator, type HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { isApi } from '#exceptions/problem'
import { languageOf, speak } from '#transformers/reader'

RequestValidator.messagesProvider = (ctx) => (ctx.i18n ?? i18nManager.locale('en')).createMessagesProvider()

/**
 * Finds the language of a page: what the person chose (a cookie, which signing in sets from the profile), else what the
 * browser asks for, else English. Templates get `t`, `words`, `locale` and `i18n`.
 */
export default class LocaleMiddleware {
  handle(ctx: HttpContext, next: NextFn) {
    if (!isApi(ctx)) speak(ctx, languageOf(ctx))
    return next()
  }
}
