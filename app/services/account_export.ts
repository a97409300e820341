import { healthExpression, type AccountFilter } from '#services/account_list'
import { exportConnections } from '#services/connection_export'
import { csvLine } from '#services/csv'
import { loadProviderFacts } from '#services/load_provider_facts'

export type ExportFormat = 'csv' | 'json'

/**
 * The accounts that the list shows for a filter, in the order of their ids, as the text of a file that is made while it is
 * sent. The fields are those of `connection:export`, so no secret is among them. A CSV file without accounts is empty.
 */
export async function* exportFile(
  organizationId: string,
  { search, provider, health: word }: AccountFilter,
  format: ExportFormat
): AsyncGenerator<string> {
  const health = healthExpression(await loadProviderFacts(organizationId), Date.now())
  const selection = { organizationId, filter: search, beside: { provider, health: word } }
  const pages = exportConnections(selection, health)
  yield* format === 'csv' ? csvOf(pages) : jsonOf(pages)
}

type Pages = ReturnType<typeof exportConnections>

async function* csvOf(pages: Pages): AsyncGenerator<string> {
  let isFirst = true
  for await (const lines of pages) {
    if (lines.length === 0) continue
    const head = isFirst ? csvLine(Object.keys(lines[0])) : ''
    isFirst = false
    yield head + lines.map((line) => csvLine(Object.values(line))).join('')
  }
}

async function* jsonOf(pages: Pages): AsyncGenerator<string> {
  let separator = '\n'
  yield '['
  for await (const lines of pages) {
    for (const line of lines) {
      yield separator + JSON.stringify(line)
      separator = ',\n'
    }
  }
  yield '\n]\n'
}
