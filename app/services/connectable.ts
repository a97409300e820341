import { configProblems } from '#oauth/template'
import type { Provider } from '#oauth/types'

/** Why a provider cannot be connected by a redirect. `values` are for a sentence in the reader's language. */
export interface ConnectProblem {
  reason: 'unconfigured' | 'no_consent' | 'config'
  /** `fields`: the variables that are missing or do not fit, by their titles. */
  values: { provider: string; fields: string }
}

/** Why this provider cannot be connected by a redirect with these variables; null where it can. */
export function connectProblem(provider: Provider, config: Record<string, string>): ConnectProblem | null {
  const problem = (reason: ConnectProblem['reason'], fields = ''): ConnectProblem => {
    return { reason, values: { provider: provider.name, fields } }
  }
  if (!provider.client) return problem('unconfigured')
  if (provider.grantType !== 'authorization_code') return problem('no_consent')
  const wrong = Object.entries(provider.config).filter(([name, variable]) => {
    return configProblems({ ...provider, config: { [name]: variable } }, config).length > 0
  })
  return wrong.length > 0 ? problem('config', wrong.map(([, { title }]) => title).join(', ')) : null
}

/** The same as a sentence of the API and of commands, which speak English. */
export function whyNotConnectable(provider: Provider, config: Record<string, string>): string | null {
  const problem = connectProblem(provider, config)
  if (!problem) return null
  const { name } = provider
  switch (problem.reason) {
    case 'unconfigured':
      return `${name} is not configured yet: it has no client id.`
    case 'no_consent':
      return `${name} asks nobody for consent. Import its connections instead.`
    case 'config':
      return `${name}: ${configProblems(provider, config).join('. ')}.`
  }
}
