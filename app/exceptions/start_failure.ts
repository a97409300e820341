import { setTimeout as sleep } from 'node:timers/promises'

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

/** What is already running gets this long to leave in order. */
const LEAVING = 3_000

/**
 * Tells why the process could not start and ends it with 1. Whatever had begun to run (pools, timers, watchers) would
 * keep a process alive that serves nobody, so it is told to leave and then left behind.
 */
export async function endFailedStart(
  error: unknown,
  printBug: (error: unknown) => Promise<void>,
  leave: () => Promise<void>
): Promise<never> {
  if (!explainStartFailure(error)) await printBug(error)
  await Promise.race([leave().catch(() => {}), sleep(LEAVING)])
  process.exit(1)
}

type SystemError = Error & { code?: string; help?: string; errors?: Error[] }

/** Codes of the system and of PostgreSQL for a database that is away or lets nobody in. */
const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['28000', '28P01', '3D000', '53300', '57P03'],
])

const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port. Stop it, or set PORT in .env to another one.',
  EACCES: 'this port needs more rights. Set PORT in .env to one from 1024 up.',
  SQLITE_CANTOPEN: 'the database file cannot be opened. Check DATABASE_URL and the rights on its folder.',
  SQLITE_READONLY: 'the database file cannot be written. Check the rights on it and on its folder.',
  SQLITE_NOTADB: 'the file that DATABASE_URL names is not a database.',
}

const NO_TABLES = 'the database has no tables yet. Run "node ace migration:run", then start again.'

function sentenceFor(error: unknown): string | null {
  if (error instanceof StartFailure) return error.message
  if (!(error instanceof Error)) return null
  const { code = '', help, message } = error as SystemError
  if (code === 'E_INVALID_ENV_VARIABLES') {
    return `the environment is not valid. Mend .env, then start again:\n${help ?? message}`
  }
  if (UNREACHABLE.has(code)) {
    return `the database does not answer (${reasonOf(error)}). Check that it runs and that DATABASE_URL is right.`
  }
  if (code === '42P01' || /no such table/.test(message)) return NO_TABLES
  if (/directory does not exist/.test(message)) return SENTENCES.SQLITE_CANTOPEN
  return SENTENCES[code] ?? null
}

/** A host with several addresses fails once for each of them, and its error has no message of its own. */
function reasonOf(error: SystemError): string {
  return error.message || error.errors?.map(({ message }) => message).join('; ') || String(error.code)
}
