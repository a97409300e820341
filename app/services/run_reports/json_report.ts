import type { ReportSource } from '#services/run_reports/run_report'

/** The report as one JSON object, a result on each line. `schema_version` rises when a field changes its meaning. */
export async function* jsonReport({ head, lines }: ReportSource): AsyncGenerator<string> {
  yield `${JSON.stringify({ schema_version: 1, ...head }, null, 2).slice(0, -2)},\n  "results": [`
  let separator = '\n'
  for await (const line of lines()) {
    yield `${separator}    ${JSON.stringify(line)}`
    separator = ',\n'
  }
  yield separator === '\n' ? ']\n}\n' : '\n  ]\n}\n'
}
