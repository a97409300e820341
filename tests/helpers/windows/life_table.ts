import { WINDOW } from '#tests/helpers/windows/plan'
import { shortestUse, type WindowVerdict } from '#tests/helpers/windows/verdict'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

export interface LifeRow {
  label: string
  windows: number
  refreshes: number
  /** The most refreshes that the rule admits: the one that opens a window, and one each time a token was fully used. */
  allowed: number
  /** Token lives that the windows are long, each begun life counted. */
  lives: number
  away: number
  recovery: number
}

const BOUNDS: readonly [label: string, below: number][] = [
  ['1 to 10 min', 10 * MINUTE],
  ['10 to 60 min', HOUR],
  ['1 to 4 h', 4 * HOUR],
  ['4 to 24 h', 24 * HOUR],
  ['1 to 7 d', 7 * 24 * HOUR],
  ['7 to 60 d', Number.POSITIVE_INFINITY],
]

/** Refreshes per token life, by the length of the life: for the rule, and as a table for people. */
export function lifeTable(windows: readonly WindowVerdict[]): { rows: LifeRow[]; text: string } {
  const rows = BOUNDS.map(([label, below], index) => {
    const least = BOUNDS[index - 1]?.[1] ?? 0
    return rowOf(
      label,
      windows.filter(({ life }) => life >= least && life < below)
    )
  })
  return { rows, text: [HEADING, ...rows.map(line)].join('\n') }
}

function rowOf(label: string, windows: readonly WindowVerdict[]): LifeRow {
  const sum = (of: (one: WindowVerdict) => number) => windows.reduce((total, one) => total + of(one), 0)
  return {
    label,
    windows: windows.length,
    refreshes: sum(({ refreshes }) => refreshes),
    allowed: sum((one) => 1 + Math.floor(WINDOW / shortestUse(one))),
    lives: sum(({ life }) => Math.ceil(WINDOW / life)),
    away: sum(({ away }) => away),
    recovery: Math.max(0, ...windows.map(({ recovery }) => recovery)),
  }
}

const HEADING =
  'token life      windows  refreshes  at most  per life  without a token in outages  longest recovery'

function line({ label, windows, refreshes, allowed, lives, away, recovery }: LifeRow): string {
  const cells = [windows, refreshes, allowed].map((value, index) => String(value).padStart([7, 9, 7][index]))
  const perLife = (lives === 0 ? 0 : refreshes / lives).toFixed(2).padStart(8)
  const times = [minutes(away).padStart(26), minutes(recovery).padStart(16)]
  return [label.padEnd(14), ...cells, perLife, ...times].join('  ')
}

const minutes = (milliseconds: number) => `${(milliseconds / MINUTE).toFixed(1)} min`
