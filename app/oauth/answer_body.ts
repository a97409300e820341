import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

/** A decoded body, or the word for why it cannot be read. */
export type AnswerBody =
  { ok: true; text: string } | { ok: false; code: 'too_large' | 'truncated' | 'encoded' }

const DECODERS: Record<string, typeof gunzipSync> = {
  'gzip': gunzipSync,
  'x-gzip': gunzipSync,
  'deflate': inflateSync,
  'br': brotliDecompressSync,
}

/**
 * The text of a whole body. An encoding that we did not ask for is undone all the same, since a rotated token may be
 * inside; never beyond `limit` bytes, so that a few kilobytes cannot grow to gigabytes. Byte order marks choose between
 * UTF-8 and UTF-16, and vanish.
 */
export function decodeBody(bytes: Buffer, encoding: string | null, limit: number): AnswerBody {
  if (encoding === null || encoding === '' || encoding === 'identity')
    return { ok: true, text: textOf(bytes) }
  const decode = DECODERS[encoding.trim().toLowerCase()]
  if (!decode) return { ok: false, code: 'encoded' }
  try {
    return { ok: true, text: textOf(decode(bytes, { maxOutputLength: limit })) }
  } catch (error) {
    const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    return { ok: false, code: tooLarge ? 'too_large' : 'truncated' }
  }
}

function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  return bytes.toString('utf8', start)
}
