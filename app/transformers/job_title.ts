import type { Translate } from '#transformers/translate'

/** How job names become words: the reader's catalogue, and what providers are called. */
interface Naming {
  t: Translate
  nameOf: (provider: string) => string
}

/** The jobs that the catalogues know; one that an operator added speaks for itself. */
const KNOWN = new Set([
  ...['auto-token-refresh', 'refresh-expired-tokens', 'comprehensive-token-refresh', 'daily-health-check'],
  ...['token-validation', 'deliveries', 'retention', 'due-sweep', 'validation-watch', 'campaign-sessions'],
  ...['deadline-warnings', 'notifications'],
])

/** The messages about a job of the schedule, with what stands in them; null where the catalogues do not know it. */
export function jobMessages(name: string, nameOf: Naming['nameOf']) {
  const [, provider] = /^(.+)-cycle$/.exec(name) ?? []
  if (provider) return { key: 'schedule.jobs.cycle', values: { provider: nameOf(provider) } }
  return KNOWN.has(name) ? { key: `schedule.jobs.${name.replaceAll('-', '_')}`, values: {} } : null
}

/** What the schedule calls a job, wherever people read of it; null for a command, which its name says best. */
export function jobTitle(name: string, { t, nameOf }: Naming): string | null {
  const known = jobMessages(name, nameOf)
  return known && t(`${known.key}.title`, known.values)
}
