import { jsonReport } from '#services/run_reports/json_report'
import { junitReport } from '#services/run_reports/junit_report'
import { markdownReport } from '#services/run_reports/markdown_report'
import type { ReportSource } from '#services/run_reports/run_report'

/** The forms of a report, by the extension of its file. */
export const REPORT_FORMATS = {
  json: { type: 'application/json; charset=utf-8', write: jsonReport },
  md: { type: 'text/markdown; charset=utf-8', write: markdownReport },
  xml: { type: 'application/xml; charset=utf-8', write: junitReport },
} as const satisfies Record<string, { type: string; write: (source: ReportSource) => AsyncIterable<string> }>

export type ReportFormat = keyof typeof REPORT_FORMATS

/** The form that the name of a file asks for; null where it asks for none of ours. */
export function formatOf(file: string): ReportFormat | null {
  const extension = /\.([a-z]+)$/i.exec(file)?.[1].toLowerCase() ?? ''
  const format = extension === 'markdown' ? 'md' : extension
  return Object.hasOwn(REPORT_FORMATS, format) ? (format as ReportFormat) : null
}
