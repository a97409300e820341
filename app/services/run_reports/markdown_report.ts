import type { ReportLine, ReportSource } from '#services/run_reports/run_report'
import { groupOf } from '#services/run_results'

/** The report for people: figures, then what failed, then everything, as tables of GitHub's Markdown. */
export async function* markdownReport({ head, providers, lines }: ReportSource): AsyncGenerator<string> {
  const failed = providers.reduce((sum, one) => sum + one.failed, 0)
  yield `# Run of ${text(head.job)}\n\n`
  yield table(
    ['', ''],
    [
      ['Run', head.run_id ?? 'dry run, not kept'],
      ['State', head.state],
      ['Asked by', head.trigger],
      ['Started', head.started_at ?? '–'],
      ['Took', head.duration_ms === null ? '–' : `${(head.duration_ms / 1000).toFixed(1)} s`],
      ['Accounts', String(head.total)],
      ['Refreshed', String(head.refreshed)],
      ['Failed', `${head.failed}${head.retrying > 0 ? `, of these ${head.retrying} are tried again` : ''}`],
      ['Skipped', String(head.skipped)],
    ]
  )
  yield '\n## By provider\n\n'
  const columns = ['Provider', 'Done', 'Failed', 'Planned', 'Skipped']
  yield table(
    columns,
    providers.map((one) => [one.provider, ...[one.done, one.failed, one.planned, one.skipped].map(String)])
  )
  yield `\n## Failures (${failed})\n\n`
  if (failed === 0) yield 'None.\n'
  else yield* listing(lines(), ({ status }) => groupOf(status) === 'failed')
  yield `\n## All accounts (${head.listed} of ${Math.max(head.total, head.listed)} listed)\n\n`
  yield* listing(lines(), () => true)
}

async function* listing(lines: AsyncIterable<ReportLine>, isMeant: (line: ReportLine) => boolean) {
  yield table(['Provider', 'Account', 'Status', 'Reason', 'Expires', 'Id'], [])
  for await (const line of lines) if (isMeant(line)) yield row(cells(line))
}

function cells(line: ReportLine): string[] {
  const {
    provider,
    name,
    status,
    reason,
    error_code: code,
    new_expires_at: after,
    old_expires_at: before,
  } = line
  const cause = [reason, code && code !== reason ? `(${code})` : null].filter(Boolean).join(' ')
  return [provider, name ?? '–', status, cause || '–', after ?? before ?? '–', line.connection_id]
}

function table(head: string[], rows: string[][]): string {
  return [row(head), `|${head.map(() => ' --- |').join('')}\n`, ...rows.map(row)].join('')
}

const row = (values: string[]) => `| ${values.map(text).join(' | ')} |\n`

/** Names are people's and providers' own: nothing in them may end a cell or become markup. */
function text(value: string): string {
  return value.replace(/[\r\n\t]+/g, ' ').replace(/[\\`*_{}[\]<>()#|!~&]/g, '\\$&')
}
