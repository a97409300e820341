const NEWLINE = 0x0a

/** One line of a file, or why it cannot be read. `bytes` counts from the start of the file to the line's end. */
export type Line = { number: number; bytes: number } & ({ text: string } | { problem: string })

/**
 * Splits a stream of bytes into lines, holding no more than one of them: a line longer than `longest` bytes is passed
 * over to its end and reported. Empty lines count but do not appear.
 */
export async function* readLines(
  stream: AsyncIterable<Buffer | Uint8Array>,
  longest: number
): AsyncGenerator<Line> {
  let held: Uint8Array[] = []
  let size = 0
  let number = 1
  let bytes = 0
  const close = (): Line | null => {
    const line = toLine(held, size, longest)
    held = []
    size = 0
    return line && { number, bytes, ...line }
  }
  for await (const chunk of stream) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      hold(chunk.subarray(from, end))
      bytes += end + 1 - from
      const line = close()
      if (line) yield line
      number += 1
      from = end + 1
    }
    hold(chunk.subarray(from))
    bytes += chunk.length - from
  }
  const last = close()
  if (last) yield last

  function hold(part: Uint8Array): void {
    size += part.length
    // Of a line that is too long nothing is kept; its size is what condemns it.
    if (size > longest) held = []
    else if (part.length > 0) held.push(part)
  }
}

function toLine(
  parts: Uint8Array[],
  size: number,
  longest: number
): { text: string } | { problem: string } | null {
  if (size > longest) return { problem: `The line is longer than ${Math.round(longest / 1024)} KiB.` }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)).trim()
    return text === '' ? null : { text }
  } catch {
    return { problem: 'The line is not UTF-8 text.' }
  }
}
