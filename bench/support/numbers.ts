import type { Target } from './types.js'

/** A number with its unit, as precise as it deserves. */
export function written(value: number, unit: string): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const number = value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ' ')
  return unit === '×' ? `${number}×` : `${number} ${unit}`
}

const SIGNS: Record<Target['is'], string> = {
  'at least': '≥ ',
  'at most': '≤ ',
  'below': '< ',
  'exactly': '',
}

/** A target as a table shows it. */
export function writtenTarget(target: Target | null, unit: string): string {
  return target ? `${SIGNS[target.is]}${written(target.value, unit)}` : '—'
}
