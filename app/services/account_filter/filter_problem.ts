/**
 * Why a filter cannot be understood. Pages say it in their language with the texts `accounts.problem.*`, whose values are
 * the other fields; programs and the command line get the sentence. `meant` is what was probably meant.
 */
export type FilterProblem =
  | { code: 'long'; most: number; length: number }
  | { code: 'many'; most: number }
  | { code: 'quote'; text: string }
  | { code: 'qualifier'; name: string; text: string; meant: string | null; known: string }
  | { code: 'empty'; name: string; example: string }
  | { code: 'provider'; value: string; meant: string | null; known: string }
  | { code: 'word'; name: string; value: string; meant: string | null; known: string }
  | { code: 'time'; name: string; value: string }

/** The problem as one or more English sentences. */
export function problemSentence(problem: FilterProblem): string {
  switch (problem.code) {
    case 'long':
      return `A filter may have ${problem.most} characters, not ${problem.length}.`
    case 'many':
      return `A filter may have ${problem.most} words and qualifiers.`
    case 'quote':
      return `The quote that begins at ${problem.text} does not end before a space or the end of the filter.`
    case 'qualifier':
      return (
        `There is no qualifier "${problem.name}"${meaning(problem)} Known are: ${problem.known}. ` +
        `To search for the text itself, put it in quotes: "${problem.text}".`
      )
    case 'empty':
      return `After "${problem.name}:" stands no value. Write ${problem.example}, for example.`
    case 'provider':
      return `There is no provider "${problem.value}"${meaning(problem)} Known are: ${problem.known}.`
    case 'word':
      return `There is no ${problem.name} "${problem.value}"${meaning(problem)} Known are: ${problem.known}.`
    case 'time':
      return timeSentence(problem)
  }
}

function timeSentence({ name, value }: { name: string; value: string }): string {
  return (
    `"${name}:${value}" is no time. Write ${name}:<1h for less than an hour from now, ${name}:>7d for more ` +
    `than a week, ${name}:<2030-01-31 for before a date, or ${name}:none for no known end.`
  )
}

function meaning({ meant }: { meant: string | null }): string {
  return meant === null ? '.' : `; did you mean "${meant}"?`
}
