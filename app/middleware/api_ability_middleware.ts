import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { writeProblem } from '#exceptions/problem'
import { allows, type Ability } from '#services/api_keys/abilities'

/** Lets only keys through that have the ability of this call (RFC 6750 §3.1). Stands behind the key's middleware. */
export default class ApiAbilityMiddleware {
  async handle(ctx: HttpContext, next: NextFn, { ability }: { ability: Ability }) {
    if (allows(ctx.apiKey.abilities, ability)) return next()
    const challenge = `Bearer realm="Evergrant", error="insufficient_scope", scope="${ability}"`
    ctx.response.header('WWW-Authenticate', challenge)
    const detail = `This key lacks the ability "${ability}".`
    return writeProblem(ctx, { status: 403, code: 'insufficient_ability', detail })
  }
}
