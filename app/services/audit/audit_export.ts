import type { AuditEntry } from '#services/audit/audit_log'

export const EXPORT_FORMATS = ['csv', 'json'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const COLUMNS = [
  ...['id', 'at', 'until', 'count', 'actor_kind', 'actor_id', 'actor_name', 'action'],
  ...['target_kind', 'target_id', 'target_name', 'outcome', 'status', 'ip', 'user_agent', 'request_id'],
  ...['changes', 'given'],
] as const

type Line = Record<(typeof COLUMNS)[number], unknown>

/** The trail as text, page by page as it is read. CSV as RFC 4180 has it, JSON as one list. */
export async function* exportText(
  pages: AsyncIterable<readonly AuditEntry[]>,
  format: ExportFormat
): AsyncGenerator<string> {
  yield format === 'csv' ? `${COLUMNS.join(',')}\r\n` : '[\n'
  let count = 0
  for await (const page of pages) {
    const lines = page.map(lineOf)
    yield format === 'csv' ? lines.map(csvLine).join('') : jsonLines(lines, count > 0)
    count += page.length
  }
  if (format === 'json') yield '\n]\n'
}

function lineOf(entry: AuditEntry): Line {
  const { actor, target } = entry
  return {
    ...{ id: entry.id, at: iso(entry.at), until: iso(entry.until), count: entry.count },
    ...{ actor_kind: actor.kind, actor_id: actor.id, actor_name: actor.name, action: entry.action },
    ...{ target_kind: target.kind, target_id: target.id, target_name: target.name },
    ...{ outcome: entry.outcome, status: entry.status, ip: entry.ip, user_agent: entry.userAgent },
    ...{ request_id: entry.requestId, changes: entry.changes, given: entry.given },
  }
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

function jsonLines(lines: readonly Line[], follows: boolean): string {
  return (follows ? ',\n' : '') + lines.map((line) => JSON.stringify(line)).join(',\n')
}

function csvLine(line: Line): string {
  return `${COLUMNS.map((column) => csvField(line[column])).join(',')}\r\n`
}

/** Spreadsheets compute what begins like a formula (OWASP, "CSV Injection"): a mark before it keeps it a text. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
