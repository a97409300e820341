/** The known word that a mistyped one most likely means: at most three letters away; null where none is. */
export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .sort((one, other) => one.distance - other.distance)
  return ranked.length > 0 && ranked[0].distance <= Math.min(3, word.length / 2) ? ranked[0].candidate : null
}

// Levenshtein's: the fewest letters to insert, delete or replace.
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[other.length]
}
