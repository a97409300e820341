import type { Provider } from '#oauth/types'
import { schedulerPulse } from '#services/scheduler/scheduler_pulse'

/** A step of setting up: whether it is done, and the commands or the page that do it. */
export interface ChecklistStep {
  key: 'credentials' | 'account' | 'scheduler'
  done: boolean
  commands: readonly string[]
  href: string
}

interface ChecklistInput {
  providers: readonly Pick<Provider, 'client' | 'gate'>[]
  hasAccounts: boolean
  heartbeat: { age: number | null; interval: number | null }
}

/** What a new installation needs before it keeps anything alive, in this order. */
export function overviewChecklist({ providers, hasAccounts, heartbeat }: ChecklistInput): ChecklistStep[] {
  const pulse = schedulerPulse(heartbeat.age, heartbeat.interval)
  const ticks = pulse === 'ok' || pulse === 'late'
  return [
    {
      key: 'credentials',
      done: providers.some(({ client }) => client !== null),
      commands: variablesOf(providers[0]),
      href: '/providers',
    },
    {
      key: 'account',
      done: hasAccounts,
      commands: ['node ace connection:import accounts.jsonl'],
      href: '/accounts/connect',
    },
    { key: 'scheduler', done: ticks, commands: ['node ace scheduler:work'], href: '/schedule' },
  ]
}

/** Faces of one client have one registration, named after their gate. */
function variablesOf(provider: Pick<Provider, 'gate'> | undefined): string[] {
  if (!provider) return []
  const prefix = provider.gate.toUpperCase().replace(/\W+/g, '_')
  return [`${prefix}_CLIENT_ID=`, `${prefix}_CLIENT_SECRET=`]
}
