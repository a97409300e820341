import { appendFileSync } from 'node:fs'
import { KILL_POINTS, type KillPoint } from '#tests/helpers/lab/kill_points'
import type { Cell } from '#tests/helpers/lab/kill_matrix'
import { LAB_CLASSES } from '#tests/helpers/lab/grants'

const HEAD = [
  '| class | killed | kills | rotated, not stored | lost | of these flagged | naive: kills | rotated, not stored | lost | flagged |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
]

/** The kill matrix as a Markdown table: ours beside the naive loop, one line for each class and point. */
export function killTable(ours: readonly Cell[], naive: readonly Cell[]): string {
  const lines = LAB_CLASSES.flatMap((reuse) =>
    (Object.keys(KILL_POINTS) as KillPoint[]).map((point) => {
      const cellOf = (cells: readonly Cell[]) =>
        cells.find((cell) => cell.reuse === reuse && cell.point === point)
      return `| ${[reuse.replace('_', ' '), KILL_POINTS[point], ...figures(cellOf(ours)), ...figures(cellOf(naive))].join(' | ')} |`
    })
  )
  return [...HEAD, ...lines].join('\n')
}

function figures(cell: Cell | undefined): string[] {
  if (!cell) return ['–', '–', '–', '–']
  const { kills, inFlight, notStored, lost, flagged } = cell
  return [`${kills} × ${inFlight / Math.max(1, kills)}`, String(notStored), String(lost), String(flagged)]
}

/** Prints a report, and adds it to the file that FAULT_REPORT names. */
export function publish(title: string, text: string): void {
  const report = `\n### ${title}\n\n${text}\n`
  console.log(report)
  if (process.env.FAULT_REPORT) appendFileSync(process.env.FAULT_REPORT, report)
}
