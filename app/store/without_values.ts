/** Where PostgreSQL tells of the values of a statement or a row, beside its message. */
const TELLING = ['detail', 'where', 'hint', 'internalQuery']
/** SQLSTATE class 22, data exceptions: here the message itself quotes the value. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/
const FRAME = /^ {4}at /

/**
 * Takes out of a database's error what may hold values: sessions, owners and codes travel in statements, and errors end up
 * in logs, on terminals and in reports. What stays (names, code, statement with its place holders) tells what broke. The
 * error itself is changed and given back, so whoever holds it already sees no more.
 */
export function withoutValues<T>(error: T): T {
  if (!(error instanceof Error)) return error
  const told = error as Error & Record<string, unknown>
  for (const name of TELLING) delete told[name]
  if (DATA_EXCEPTION.test(String(told.code))) {
    const frames = (told.stack ?? '').split('\n').filter((line) => FRAME.test(line))
    told.message = `a value does not fit its type (SQLSTATE ${told.code})`
    told.stack = [`${told.name}: ${told.message}`, ...frames].join('\n')
  }
  return error
}
