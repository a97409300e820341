import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn, ParsedNamedMiddleware } from '@adonisjs/core/types/http'
import { writeProblem } from '#exceptions/problem'
import { allows, type Ability } from '#services/api_keys/abilities'

interface Asked {
  ability: Ability
}

/** Lets only keys through that have the ability of this call (RFC 6750 §3.1). Stands behind the key's middleware. */
export default class ApiAbilityMiddleware {
  handle(ctx: HttpContext, next: NextFn, { ability }: Asked): unknown {
    return allows(ctx.apiKey.abilities, ability) ? next() : this.#refuse(ctx, ability)
  }

  async #refuse(ctx: HttpContext, ability: Ability): Promise<void> {
    const challenge = `Bearer realm="Evergrant", error="insufficient_scope", scope="${ability}"`
    ctx.response.header('WWW-Authenticate', challenge)
    const detail = `This key lacks the ability "${ability}".`
    writeProblem(ctx, { status: 403, code: 'insufficient_ability', detail })
  }
}

const middleware = new ApiAbilityMiddleware()

/** What a key must be allowed to do for a call: named middleware as the router makes it, but built once for all calls. */
export function may(ability: Ability): ParsedNamedMiddleware {
  return {
    name: 'ability',
    args: { ability },
    reference: ApiAbilityMiddleware,
    handle: (_resolver, ctx, next, asked: Asked) => middleware.handle(ctx, next, asked),
  }
}
