/** A letter as a mail program reads it (RFC 5322, RFC 2045, RFC 2047), as far as ours need it. */
export interface ReadLetter {
  /** Names in small letters; values unfolded and decoded. */
  headers: Record<string, string>
  text: string
  html: string
}

export function readLetter(raw: string): ReadLetter {
  const { headers, body } = split(raw)
  const [, boundary] = /boundary="?([^";]+)/.exec(headers['content-type'] ?? '') ?? []
  const parts = boundary
    ? body
        .split(`--${boundary}`)
        .slice(1, -1)
        .map((part) => split(part.trimStart()))
    : []
  const find = (type: string) => parts.find((part) => part.headers['content-type']?.startsWith(type))
  return { headers, text: decoded(find('text/plain')), html: decoded(find('text/html')) }
}

interface Part {
  headers: Record<string, string>
  body: string
}

function split(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), words(line.slice(colon + 1).trim())]
  })
  return { headers: Object.fromEntries(pairs), body: raw.slice(end + 4) }
}

/** Encoded words (RFC 2047); the space between two of them is none. */
function words(value: string): string {
  const joined = value.replace(/\?=\s+=\?/g, '?==?')
  return joined.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, encoding: string, text: string) =>
    encoding.toLowerCase() === 'b'
      ? Buffer.from(text, 'base64').toString()
      : quotedPrintable(text.replaceAll('_', ' '))
  )
}

function decoded(part: Part | undefined): string {
  if (!part) return ''
  const body = part.body.replace(/\r\n$/, '')
  switch (part.headers['content-transfer-encoding']) {
    case 'base64':
      return Buffer.from(body, 'base64').toString()
    case 'quoted-printable':
      return quotedPrintable(body.replace(/=\r\n/g, ''))
    default:
      return body
  }
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16))
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
