import { readFile } from 'node:fs/promises'
import { schemaFaults } from '#oauth/provider_schema'
import { ProvidersFileError, type ProvidersFile } from '#oauth/providers_file_types'

/**
 * Reads PROVIDERS_FILE and checks it against `resources/providers.schema.json`. Throws `ProvidersFileError` with one
 * sentence per problem: file missing, not JSON (with the line), a field that does not exist, a value of the wrong kind.
 */
export async function readProvidersFile(path: string): Promise<ProvidersFile> {
  const value = parse(path, await read(path))
  const faults = await schemaFaults(value)
  if (faults.length > 0) throw ProvidersFileError.of(faults)
  return Object.fromEntries(Object.entries(value as ProvidersFile).filter(([id]) => id !== '$schema'))
}

async function read(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    return text.replace(/^\ufeff/, '')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new ProvidersFileError([`${path} ${reason}; correct PROVIDERS_FILE, or remove it`])
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    throw new ProvidersFileError([`${path} is not JSON, line ${lineOf(text)}: ${withoutExcerpt(message)}`])
  }
}

// The parser does not always say where, so the shortest beginning that no ending could repair is looked for.
function lineOf(text: string): number {
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (couldGoOn(text.slice(0, middle + 1))) low = middle + 1
    else high = middle
  }
  return text.slice(0, low).split('\n').length
}

function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning)
    return true
  } catch (error) {
    const { message } = error as SyntaxError
    const place = /position (\d+)/.exec(message)
    return /end of JSON|Unterminated/.test(message) || Number(place?.[1]) >= beginning.length
  }
}

// The parser quotes the text around the fault, where a client secret may stand.
function withoutExcerpt(message: string): string {
  return message
    .replace(/(, |: )?(\.\.\.)?".*" is not valid JSON/s, '')
    .replace(/ in JSON at position.*$/s, '')
}
