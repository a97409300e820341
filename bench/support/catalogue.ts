/** Every measure, in the order in which a whole run takes them and the report lists them. */
export const MEASURES = [
  'sweep-50',
  'sweep-200',
  'sweep-instant',
  'on-demand',
  'token-read',
  'api-token',
  'due-query',
  'memory',
  'two-processes',
  'commit-window',
  'admin-list',
  'rate-limit',
] as const

/** The measures that words on the command line stand for: a name, or the beginning of several up to a dash. */
export function chosenMeasures(words: readonly string[]): string[] {
  const unknown = words.find((word) => !MEASURES.some((name) => stands(word, name)))
  if (unknown) throw new Error(`There is no measure "${unknown}". There are: ${MEASURES.join(', ')}.`)
  return MEASURES.filter((name) => words.length === 0 || words.some((word) => stands(word, name)))
}

const stands = (word: string, name: string) => name === word || name.startsWith(`${word}-`)
