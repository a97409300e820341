/** What the doctor looks at, in the order in which it tells of it. */
export const CHECKS = [
  'keys',
  'address',
  'database',
  'disk',
  'backup',
  'clock',
  'quarantine',
  'scheduler',
  'overdue',
  'providers',
  'redirects',
  'notifications',
] as const
export type CheckName = (typeof CHECKS)[number]

/** `problem`: accounts can die of it, or already do. `warning`: it works, but not as well as it could. */
export type Level = 'ok' | 'warning' | 'problem'

/** One thing that was looked at. Its sentence is the text `setup.findings.<code>` of the catalogues, filled with the values. */
export interface Finding {
  check: CheckName
  level: Level
  code: string
  values: Readonly<Record<string, string | number>>
}

export function finding(
  check: CheckName,
  level: Level,
  code: string,
  values: Finding['values'] = {}
): Finding {
  return { check, level, code: `${check}_${code}`, values }
}
