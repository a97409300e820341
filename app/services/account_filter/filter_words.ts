/** A piece of a filter's text: a word, or a qualifier with its value. */
export type Piece = { qualifier: string | null; value: string }

/** The pieces of a text; or the begin of a quote that does not end before a space or the end. */
export type Pieces = { ok: true; pieces: Piece[] } | { ok: false; openAt: string }

const QUALIFIER = /[A-Za-z_]+:/y
const SPACE = /\s+/y
const BARE = /[^\s]+/y
const QUOTED = /"((?:[^"\\]|\\.)*)"(?=\s|$)/sy

/**
 * Takes a filter's text apart at its spaces. A value or word in quotes may hold spaces; within quotes a backslash takes
 * the next character literally.
 */
export function readPieces(text: string): Pieces {
  const pieces: Piece[] = []
  let position = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = position
    const found = pattern.exec(text)
    if (found) position = pattern.lastIndex
    return found
  }
  for (;;) {
    take(SPACE)
    if (position >= text.length) return { ok: true, pieces }
    const qualifier = take(QUALIFIER)?.[0].slice(0, -1).toLowerCase() ?? null
    if (text[position] !== '"') {
      pieces.push({ qualifier, value: take(BARE)?.[0] ?? '' })
      continue
    }
    const quoted = take(QUOTED)
    if (!quoted) return { ok: false, openAt: text.slice(position, position + 24) }
    pieces.push({ qualifier, value: quoted[1].replace(/\\(.)/gs, '$1') })
  }
}

/** The text that `readPieces` reads as this piece again. */
export function printPiece({ qualifier, value }: Piece): string {
  if (qualifier !== null) return `${qualifier}:${needsQuotes(value) ? quote(value) : value}`
  return needsQuotes(value) || /^[A-Za-z_]+:/.test(value) ? quote(value) : value
}

function needsQuotes(value: string): boolean {
  return value === '' || /\s/.test(value) || value.startsWith('"')
}

function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`
}
