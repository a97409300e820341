/**
 * A reason why the application cannot start or a command cannot run, in one sentence that says what to do.
 */
export class StartFailure extends Error {
  constructor(
    readonly code: string,
    message: string
  ) {
    super(message)
  }
}

/**
 * Prints the failures that an operator can mend as a sentence on stderr; returns false for everything else, which is
 * a bug and deserves its stack.
 */
export function explainStartFailure(error: unknown): boolean {
  const sentence = sentenceFor(error)
  if (!sentence) return false
  console.error(`\nEvergrant cannot start: ${sentence}\n`)
  return true
}

function sentenceFor(error: unknown): string | null {
  if (error instanceof StartFailure) return error.message
  if (!(error instanceof Error)) return null
  const { code, help } = error as Error & { code?: string; help?: string }
  if (code === 'E_INVALID_ENV_VARIABLES') {
    return `the environment is not valid. Mend .env, then start again:\n${help ?? error.message}`
  }
  if (code === 'EADDRINUSE') return 'another program uses this port. Stop it, or set PORT in .env to another one.'
  if (code === 'SQLITE_CANTOPEN') return 'the database file cannot be opened. Check DATABASE_URL and the rights on its folder.'
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === '28P01' || code === '3D000') {
    return `the database does not answer (${error.message}). Check that it runs and that DATABASE_URL is right.`
  }
  return null
}
