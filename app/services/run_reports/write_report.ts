import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import Run from '#models/run'
import { formatOf, REPORT_FORMATS } from '#services/run_reports/report_formats'
import { dryReport, storedReport } from '#services/run_reports/run_report'
import type { RunReport } from '#services/run_service'

/** Why a report cannot be written: what the file is called, or what the system says. */
export interface ReportProblem {
  code: 'form' | 'unwritable'
  values: { file: string; reason: string }
}

/** Why a report cannot go to this file; null where it can. The file is made at once, so that a run is not wasted. */
export async function reportProblem(file: string): Promise<ReportProblem | null> {
  if (formatOf(file) === null) return { code: 'form', values: { file, reason: '' } }
  try {
    await (await open(file, 'a')).close()
    return null
  } catch (error) {
    return { code: 'unwritable', values: { file, reason: (error as Error).message } }
  }
}

/** Writes the report of a run to a file, in the form of its extension; the bytes are those that the run's page offers. */
export async function writeReport(file: string, runId: string | null, dry: RunReport | null): Promise<void> {
  const run = runId === null ? null : await Run.find(runId)
  const source = run ? await storedReport(run) : dry && dryReport(dry)
  const format = formatOf(file)
  if (!source || !format) return
  const handle = await open(file, 'w')
  await pipeline(Readable.from(REPORT_FORMATS[format].write(source)), handle.createWriteStream())
}
