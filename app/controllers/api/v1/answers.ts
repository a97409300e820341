import type { HttpContext } from '@adonisjs/core/http'
import { writeProblem } from '#exceptions/problem'
import type { Engine } from '#services/build_engine'

/** The engine of this process. */
export function engineOf({ containerResolver }: HttpContext): Promise<Engine> {
  return containerResolver.make('engine')
}

/** Who asks, as runs remember it. */
export function actorOf({ apiKey }: HttpContext): string {
  return `API key ${apiKey.name}`.slice(0, 255)
}

/** Says that the organization has nothing of this kind and id, whoever else has it. */
export function notFound(ctx: HttpContext, what: 'run' | 'connection' | 'channel' | 'delivery'): void {
  writeProblem(ctx, { status: 404, code: 'not_found', detail: `There is no such ${what}.` })
}

/** One page of a list. A cursor is null where there is nothing further. */
export function answerList<Item>(
  { response }: HttpContext,
  data: readonly Item[],
  { next, previous }: { next: string | null; previous: string | null }
): void {
  response.json({ data, next_cursor: next, previous_cursor: previous })
}
