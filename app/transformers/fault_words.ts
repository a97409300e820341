import type { EntryProblem } from '#oauth/added_provider'
import type { McpRefusal } from '#services/mcp/types'
import type { Translate } from '#transformers/translate'

/** What is wrong with a field, for the place beside it. */
export function besideField({ part, code, values }: EntryProblem, t: Translate): string {
  return placed(part, t(`faults.entry.${code}`, values), t)
}

/** What is wrong, with the field as PROVIDERS_FILE calls it. */
export function withField(problem: EntryProblem, t: Translate): string {
  return placed(problem.field ?? '', besideField(problem, t), t)
}

/** Why an MCP server was not connected. */
export function mcpWords({ fault, because }: Pick<McpRefusal, 'fault' | 'because'>, t: Translate): string {
  const reasons = because.map((problem) => withField(problem, t))
  return [t(`faults.mcp.${fault.code}`, fault.values), ...reasons].join(' ')
}

function placed(place: string, fault: string, t: Translate): string {
  return place === '' ? fault : t('faults.place', { place, fault })
}
