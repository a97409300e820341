/** What a key may be allowed to do, in words. Each call of the API asks for one of them. */
export const ABILITIES = {
  'connections:read': 'List and show connections, and how an owner’s platforms stand. Never a token.',
  'connections:write': 'Import, refresh, pause and delete connections, and make links to connect them.',
  'tokens:read': 'Read access tokens, report refused ones, and have tokens tested.',
  'runs:read': 'List and show runs.',
  'runs:write': 'Run jobs, and cancel runs.',
  'stats:read': 'Read the refresh log and the operating figures.',
  'campaigns:read': 'List and show campaigns and their sessions.',
  'campaigns:write': 'Change campaigns, windows and sessions.',
  'notifications:read': 'List channels and deliveries.',
  'notifications:write': 'Change, test and remove channels.',
} as const
export type Ability = keyof typeof ABILITIES

/** Every ability, those that are added later included. */
export const ALL = '*'
export type Granted = Ability | typeof ALL

/** Reads what somebody wrote, as words or as lists with commas; a sentence where a word is no ability. */
export function readAbilities(
  written: readonly string[]
): { ok: true; abilities: Granted[] } | { ok: false; message: string } {
  const words = [...new Set(written.flatMap((text) => text.split(',')).map((word) => word.trim()))].filter(
    Boolean
  )
  const known: readonly string[] = [ALL, ...Object.keys(ABILITIES)]
  const wrong = words.find((word) => !known.includes(word))
  if (wrong !== undefined) {
    return {
      ok: false,
      message: `There is no ability "${wrong.slice(0, 64)}". These exist: ${known.join(', ')}.`,
    }
  }
  if (words.length === 0)
    return { ok: false, message: `Name at least one ability. These exist: ${known.join(', ')}.` }
  return { ok: true, abilities: words as Granted[] }
}

/** Whether a key with these abilities may do this. */
export function allows(granted: readonly string[], ability: Ability): boolean {
  return granted.includes(ALL) || granted.includes(ability)
}
