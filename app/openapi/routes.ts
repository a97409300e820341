import type { HttpRouterService } from '@adonisjs/core/types'

/** A call as the router knows it. */
export interface ApiRoute {
  /** Method and path, as the description names it: `GET /api/v1/runs/{id}`. */
  name: string
  method: string
  path: string
  /** The parameters of the path. */
  params: readonly string[]
  /** What a key must be allowed to do; null where no key is needed. */
  ability: string | null
  /** Whether it takes an `Idempotency-Key`. */
  isRepeatable: boolean
}

const DESCRIBED = /^\/(api\/v1|health)\//

/** Every call that the description of the API is about. Boot the application's routes first. */
export function apiRoutes(router: HttpRouterService): ApiRoute[] {
  return Object.values(router.toJSON())
    .flat()
    .filter(({ pattern }) => DESCRIBED.test(pattern))
    .flatMap((route) => {
      const middleware = [...route.middleware.all()].flatMap((one) =>
        typeof one === 'function' ? [] : [one]
      )
      const asked = middleware.find(({ name }) => name === 'ability')
      const { ability = null } = (asked?.args ?? {}) as { ability?: string }
      const isRepeatable = middleware.some(({ name }) => name === 'idempotency')
      const params = [...route.pattern.matchAll(/:(\w+)/g)].map(([, name]) => name)
      const path = route.pattern.replaceAll(/:(\w+)/g, '{$1}')
      const methods = route.methods.filter((method) => method !== 'HEAD')
      return methods.map((method) => ({
        name: `${method} ${path}`,
        method,
        path,
        params,
        ability,
        isRepeatable,
      }))
    })
}
