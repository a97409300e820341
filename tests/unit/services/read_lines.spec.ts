import { test } from '@japa/runner'
import { readLines, type Line } from '#services/read_lines'

async function linesOf(text: string | Buffer, pieces: number, longest = 1_024): Promise<Line[]> {
  const bytes = Buffer.from(text)
  const size = Math.ceil(bytes.length / pieces)
  const stream = (async function* () {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
  })()
  return Array.fromAsync(readLines(stream, longest))
}

test.group('Reading lines', () => {
  test('gives the same lines however the bytes arrive', async ({ assert }) => {
    const text = 'one\r\n\n  \nfünf 🦊\nlast'
    const expected = [
      { number: 1, bytes: 5, text: 'one' },
      { number: 4, bytes: 20, text: 'fünf 🦊' },
      { number: 5, bytes: 24, text: 'last' },
    ]
    for (const pieces of [1, 2, 3, 7, 24]) assert.deepEqual(await linesOf(text, pieces), expected)
  })

  test('passes over a line that is too long and goes on behind it', async ({ assert }) => {
    const lines = await linesOf(`${'x'.repeat(3_000)}\nnext`, 10)
    assert.deepEqual(lines, [
      { number: 1, bytes: 3_001, problem: 'The line is longer than 1 KiB.' },
      { number: 2, bytes: 3_005, text: 'next' },
    ])
  })
})
