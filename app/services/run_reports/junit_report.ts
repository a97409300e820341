import type { ReportHead, ReportLine, ReportSource } from '#services/run_reports/run_report'
import { groupOf } from '#services/run_results'

/** The report as JUnit's XML, which CI systems show: a suite for each provider, a case for each account. */
export async function* junitReport({ head, providers, lines }: ReportSource): AsyncGenerator<string> {
  const sum = (of: 'total' | 'failed') => providers.reduce((total, one) => total + one[of], 0)
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites name="${safe(head.job)}" tests="${sum('total')}" failures="${sum('failed')}"${time(head)}>\n`
  let open: string | null = null
  for await (const line of lines()) {
    if (line.provider !== open) {
      if (open !== null) yield '  </testsuite>\n'
      const counts = providers.find(({ provider }) => provider === line.provider)
      const skipped = (counts?.skipped ?? 0) + (counts?.planned ?? 0)
      const figures = `tests="${counts?.total ?? 0}" failures="${counts?.failed ?? 0}" skipped="${skipped}"`
      yield `  <testsuite name="${safe(line.provider)}" ${figures}>\n`
      open = line.provider
    }
    yield testCase(line)
  }
  if (open !== null) yield '  </testsuite>\n'
  yield '</testsuites>\n'
}

function testCase(line: ReportLine): string {
  const { provider, name, status, reason, error_code: code, connection_id: id } = line
  const head = `    <testcase classname="${safe(provider)}" name="${safe(`${name ?? 'account'} (${id})`)}"`
  const message = safe(reason ?? status)
  const group = groupOf(status)
  if (group === 'done') return `${head}/>\n`
  if (group !== 'failed') return `${head}><skipped message="${message}"/></testcase>\n`
  return `${head}><failure type="${safe(status)}" message="${message}">${safe(code ?? '')}</failure></testcase>\n`
}

function time({ started_at: at, duration_ms: duration }: ReportHead): string {
  const took = duration === null ? '' : ` time="${(duration / 1000).toFixed(3)}"`
  return at === null ? took : `${took} timestamp="${safe(at)}"`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** XML 1.0 §2.2 knows no control characters, not even escaped, and no lone surrogates. */
function safe(value: string): string {
  const known = value.toWellFormed().replace(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ')
  return known.replace(/[&<>"']/g, (sign) => ENTITIES[sign])
}
