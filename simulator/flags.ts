import { parseArgs } from 'node:util'

export interface Flags {
  port: number
  providersFile: string | null
  help: boolean
}

export type ParsedFlags = { ok: true; flags: Flags } | { ok: false; problem: string }

/** What was asked for on the command line, or what is wrong with it in one sentence. */
export function parseFlags(args: readonly string[]): ParsedFlags {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'port': { type: 'string', default: '4466' },
        'write-providers-file': { type: 'string' },
        'help': { type: 'boolean', default: false },
      },
    })
    const port = Number(values.port)
    if (!/^\d{1,5}$/.test(values.port) || port > 65_535) {
      return { ok: false, problem: `--port must be a number from 0 to 65535, not "${values.port}".` }
    }
    const providersFile = values['write-providers-file'] ?? null
    if (providersFile === '')
      return { ok: false, problem: '--write-providers-file needs the path of a file.' }
    return { ok: true, flags: { port, providersFile, help: values.help } }
  } catch (error) {
    const [problem] = (error as Error).message.split('. ')
    return { ok: false, problem: `${problem.replace(/\.$/, '')}. ${USAGE}` }
  }
}

export const USAGE = 'Use: npm run simulator -- [--port=4466] [--write-providers-file=PATH]'
