/**
 * `npm run simulator` answers as every vendor does, on loopback, until SIGINT or SIGTERM. The contents for PROVIDERS_FILE
 * go to stdout or into a file, all else to stderr. Exit codes: 0 ended by a signal, 1 not started, 2 bad usage.
 */
import { writeFile } from 'node:fs/promises'
import { buildProviders } from '#oauth/build_providers'
import { BUILT_IN_PROVIDERS } from '#oauth/providers/built_in'
import { entriesFor, SIMULATED_ENTRIES } from '#simulator/entries'
import { parseFlags, USAGE, type Flags } from '#simulator/flags'
import { Simulator } from '#simulator/simulator'

const say = (text: string) => void process.stderr.write(`${text}\n`)

function providersFile(simulator: Simulator): string {
  const providers = buildProviders({
    builtIn: BUILT_IN_PROVIDERS,
    clients: {},
    file: SIMULATED_ENTRIES,
    allowPrivate: true,
    secretFromEnv: () => undefined,
  })
  return `${JSON.stringify(entriesFor(simulator, providers), null, 2)}\n`
}

function introduce({ origin }: Simulator, file: string | null): void {
  say(`The simulator listens on ${origin}. Ctrl+C stops it.`)
  say(
    `Vendors are at ${origin}/<dialect>/<vendor host>/<path>, such as ${origin}/twitch/id.twitch.tv/oauth2/token`
  )
  say(
    `Start the application with PROVIDERS_FILE=${file ?? '<what stands on stdout>'} ALLOW_PRIVATE_PROVIDERS=true`
  )
  say('Control by hand:')
  say(`  curl ${origin}/_control/dialects`)
  say(`  curl -d dialect=twitch -d account=1234 ${origin}/_control/grant`)
  say(`  curl -d dialect=twitch -d account=1234 -d mode=dead ${origin}/_control/mode`)
  say(`  curl -d seconds=3600 ${origin}/_control/clock`)
  say(`  curl ${origin}/_control/log`)
}

async function run({ port, providersFile: path }: Flags): Promise<number> {
  try {
    const simulator = await Simulator.start({ port })
    const contents = providersFile(simulator)
    if (path === null) process.stdout.write(contents)
    else await writeFile(path, contents)
    introduce(simulator, path)
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
    })
    await simulator.close()
    return 0
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const taken = `Port ${port} is taken; give another one with --port`
    say(`Not started: ${code === 'EADDRINUSE' ? taken : message}`)
    return 1
  }
}

const parsed = parseFlags(process.argv.slice(2))
if (!parsed.ok) {
  say(parsed.problem)
  process.exitCode = 2
} else if (parsed.flags.help) {
  process.stdout.write(`${USAGE}\n`)
} else {
  process.exit(await run(parsed.flags))
}
