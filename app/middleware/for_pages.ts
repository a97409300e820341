import app from '@adonisjs/core/services/app'
import { moduleImporter } from '@adonisjs/core/container'
import type { HttpContext } from '@adonisjs/core/http'
import type { MiddlewareAsClass, NextFn } from '@adonisjs/core/types/http'
import { isApi } from '#exceptions/problem'
import { asOne } from '#middleware/as_one'

type Lazy = () => Promise<{ default: MiddlewareAsClass }>

/** Puts the middleware of pages together into one: pages pass all of it, calls for programs pass it by in one step. */
export function forPages(parts: readonly Lazy[]): Lazy[] {
  const all = asOne(
    parts.map((part) => {
      const { handle } = moduleImporter(part, 'handle').toHandleMethod()
      return (ctx: HttpContext, next: NextFn): Promise<unknown> => handle(ctx.containerResolver, ctx, next)
    })
  )

  class ForPages {
    handle(ctx: HttpContext, next: NextFn): unknown {
      return isApi(ctx) ? next() : all(ctx, next)
    }
  }
  // The container would build it anew for each request.
  app.container.bindValue(ForPages, new ForPages())
  return [async () => ({ default: ForPages })]
}
