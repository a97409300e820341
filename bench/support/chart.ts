import { written } from './numbers.js'
import type { Result } from './results.js'

const LABELS = 330
const BARS = 260
const VALUES = 90
const ROW = 26
const TOP = 30
/** Bars that leave the target further behind than this end here, with their value beside them. */
const LONGEST = 3

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #6e7781 }
.met { fill: #5b9a8b } .missed { fill: #c08457 } .target { stroke: #8c959f; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #a3adb8 } .met { fill: #6fb3a3 } .missed { fill: #d19a6c } }`

/** Bars for every figure with a target: how it compares with its target, which is the dashed line. Longer is better. */
export function chart(results: readonly Result[]): string {
  const rows = results.filter((result) => result.figure.target !== null)
  const width = LABELS + BARS + VALUES
  const height = TOP + rows.length * ROW + 10
  const target = LABELS + BARS / LONGEST
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">`,
    '<title>Each figure beside its target</title>',
    `<style>${STYLE}</style>`,
    `<text x="${round(target)}" y="16" text-anchor="middle">target</text>`,
    ...rows.map(bar),
    `<line class="target" x1="${round(target)}" x2="${round(target)}" y1="22" y2="${height - 6}" />`,
    '</svg>',
    '',
  ].join('\n')
}

function bar(result: Result, index: number): string {
  const y = TOP + index * ROW
  const length = (Math.min(merit(result), LONGEST) / LONGEST) * BARS
  const { title, unit } = result.figure
  return [
    `<text x="${LABELS - 8}" y="${y + 14}" text-anchor="end">${escape(title)}</text>`,
    `<rect class="${result.met ? 'met' : 'missed'}" x="${LABELS}" y="${y + 3}" width="${round(length)}" height="15" rx="2" />`,
    `<text x="${round(LABELS + Math.max(length, BARS / LONGEST) + 6)}" y="${y + 14}">${escape(written(result.reached, unit))}</text>`,
  ].join('\n')
}

/** 1 where the target is just met, 2 where it is twice as good. */
function merit({ figure: { target }, reached }: Result): number {
  if (!target || reached === 0) return 0
  const smallerIsBetter = target.is === 'at most' || target.is === 'below'
  return smallerIsBetter ? target.value / reached : reached / target.value
}

const round = (value: number) => Math.round(value * 10) / 10

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
