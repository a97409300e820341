import { configProblems } from '#oauth/template'
import type { Provider } from '#oauth/types'

/** Why this provider cannot be connected by a redirect with these variables, as a sentence; null where it can. */
export function whyNotConnectable(provider: Provider, config: Record<string, string>): string | null {
  if (!provider.client) return `${provider.name} is not configured yet: it has no client id.`
  if (provider.grantType !== 'authorization_code') {
    return `${provider.name} asks nobody for consent. Import its connections instead.`
  }
  const problems = configProblems(provider, config)
  return problems.length > 0 ? `${provider.name}: ${problems.join('. ')}.` : null
}
