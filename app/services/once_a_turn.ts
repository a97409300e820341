/**
 * Asks once in each turn of the event loop, however often it is asked. A request is read at the beginning of a turn, so what
 * was true when it came is true of the answer that it gets; only what happens between the requests of one turn is seen by
 * those of the next.
 */
export function onceATurn<T>(ask: () => T): () => T {
  let asked: { answer: T } | null = null
  const forget = () => void (asked = null)
  return () => {
    if (asked === null) {
      asked = { answer: ask() }
      setImmediate(forget)
    }
    return asked.answer
  }
}
