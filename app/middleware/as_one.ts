import type { HttpContext } from '@adonisjs/core/http'
import type { MiddlewareFn, NextFn } from '@adonisjs/core/types/http'
import HttpExceptionHandler from '#exceptions/handler'

/** A part of a chain, as middleware is; it passes on the promise of what follows or one of its own. */
export type Part = (ctx: HttpContext, next: NextFn) => Promise<unknown>

const handler = new HttpExceptionHandler()

/**
 * Makes one middleware of several, in this order: the framework spends more on a step of its own than most of them do. As
 * everywhere in the framework, an error is answered where it is raised, so that the parts around it end in order: the
 * session is kept, for instance, where a form is refused.
 */
export function asOne(parts: readonly Part[]): MiddlewareFn & Part {
  return (ctx, next) => {
    const step = (at: number): Promise<unknown> =>
      at === parts.length
        ? next()
        : parts[at](ctx, () => step(at + 1)).catch((error: unknown) => answer(error, ctx))
    return step(0)
  }
}

async function answer(error: unknown, ctx: HttpContext): Promise<void> {
  await handler.report(error, ctx)
  await handler.handle(error, ctx)
}
