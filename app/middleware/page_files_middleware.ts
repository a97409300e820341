import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import StaticMiddleware from '@adonisjs/static/static_middleware'
import { isApi } from '#exceptions/problem'

/** Serves the files of pages. A call of the API names none, so nobody looks for one on the disk. */
@inject()
export default class PageFilesMiddleware {
  constructor(private readonly files: StaticMiddleware) {}

  handle(ctx: HttpContext, next: NextFn) {
    return isApi(ctx) ? next() : this.files.handle(ctx, next)
  }
}
