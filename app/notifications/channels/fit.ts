/**
 * Text in the marks of its service, at most `limit` characters of UTF-16: cut with "…" where it is longer, and never
 * through an escape or a character.
 */
export function fit(text: string, limit: number, escape: (character: string) => string): string {
  let fitting = ''
  // Up to here there is room for the "…".
  let certain = ''
  for (const character of text) {
    const next = fitting + escape(character)
    if (next.length > limit) return `${certain}…`
    fitting = next
    if (fitting.length < limit) certain = fitting
  }
  return fitting
}

/** Lines, as many as fit into `limit` characters; the last of those that do is followed by "…" where some are missing. */
export function fitLines(lines: readonly string[], limit: number): string {
  let fitting = ''
  for (const [index, line] of lines.entries()) {
    const next = index === 0 ? line : `${fitting}\n${line}`
    const room = index === lines.length - 1 ? limit : limit - 2
    if (next.length > room) return fitting === '' ? '…' : `${fitting}\n…`
    fitting = next
  }
  return fitting
}
