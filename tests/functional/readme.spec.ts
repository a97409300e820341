/** The README and the pages that it begins with say what holds: their commands run, their names exist. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { buildProviders } from '#oauth/build_providers'
import { BUILT_IN_PROVIDERS } from '#oauth/providers/built_in'
import { compileCache, compiled } from '#tests/helpers/compiled'
import { endWhatIsLeft, FOLDER, migrated, ROOT, Running, serve } from '#tests/helpers/processes'
import { readText } from '#tests/helpers/source_tree'

const README = readText('README.md')
const PAGES = ['README.md', 'docs/fr/getting-started.md', 'docs/ja/getting-started.md']
const BLOCKS = /^```(?:sh|bash)\n([^]*?)^```$/gm

/** The commands of a page, one line each, without their comments. */
const commandsOf = (page: string) =>
  [...readText(page).matchAll(BLOCKS)]
    .flatMap(([, block]) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter(Boolean)

const scripts: Record<string, string> = JSON.parse(readText('package.json')).scripts

const isNpm = (command: string) => command.startsWith('npm ')
const scriptOf = (command: string) => command.split(' ').find((word) => !['npm', 'run'].includes(word)) ?? ''

/** Every relative link of a page, with the folder that it is read from. */
const linksOf = (page: string) =>
  [...readText(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)="([^":]+)"/g)].map(
    ([, link, image]) => join(page, '..', link ?? image)
  )

test.group('README', (group) => {
  group.teardown(() => {
    rmSync(FOLDER, { recursive: true, force: true })
    const left = endWhatIsLeft()
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  })

  // `npm start`, `npm test` and `npm run demo` are run by their own specs, this one, and the gate.
  for (const page of PAGES) {
    test(`each npm script in ${page} exists`, ({ assert }) => {
      const named = commandsOf(page).filter(isNpm).map(scriptOf)
      assert.isNotEmpty(named)
      for (const name of named) assert.property(scripts, name)
    })

    test(`what ${page} links to is there`, ({ assert }) => {
      const links = linksOf(page)
      assert.isAbove(links.length, 4)
      for (const link of links) assert.isTrue(existsSync(join(ROOT, link)), link)
    })
  }

  test('every other command of the pages runs, in this order, on one new installation', async ({
    assert,
    cleanup,
  }) => {
    const env = await migrated({ SCHEDULER_ENABLED: 'false' })
    const server = serve(env)
    cleanup(() => void server.child.kill('SIGKILL'))
    await server.saw(/Set up +\S+/)
    const lines = [...new Set(PAGES.flatMap(commandsOf))].filter((command) => !isNpm(command))
    assert.isAbove(lines.length, 5)
    const script = lines
      .map((line) => `printf '\\n> ran\\n'\n${line}`)
      .join('\n')
      .replaceAll('node ace', `"${process.execPath}" "${join(compiled(), 'ace.js')}"`)
      .replaceAll('http://localhost:3333', env.APP_URL)
      .replaceAll('evergrant-backup', join(FOLDER, 'evergrant-backup'))
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd: ROOT,
      env: { ...compileCache(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { code, stdout, stderr } = await new Running(child).ended
    assert.equal(code, 0, `${stdout}\n${stderr}`)
    assert.lengthOf(stdout.match(/^> ran$/gm) ?? [], lines.length)
    assert.include(stdout, 'The encryption keys are those of this database')
    assert.include(stdout, '"data":[]')
    assert.include(stdout, '"openapi":"3.1')
    assert.equal((await server.stop('SIGTERM')).code, 0)
  }).timeout(90_000)

  test('it names every command of the application', ({ assert }) => {
    const names = readdirSync(join(ROOT, 'commands')).map(
      (file) => /commandName = '([^']+)'/.exec(readText(`commands/${file}`))?.[1] ?? ''
    )
    assert.isAbove(names.length, 20)
    for (const name of names) assert.include(README, name)
  })

  test('its table of providers says what the definitions and docs/providers.md say', ({ assert }) => {
    const settings = { clients: {}, file: {}, allowPrivate: false, secretFromEnv: () => undefined }
    const rows = README.split('\n').map(cellsOf)
    const page = readText('docs/providers.md').split('\n').map(cellsOf)
    const vendors = buildProviders({ builtIn: BUILT_IN_PROVIDERS, ...settings }).filter(
      ({ checkedOn }) => checkedOn !== null
    )
    assert.isAtLeast(vendors.length, 17)
    for (const { id, name, quirks, checkedOn } of vendors) {
      const row = rows.find(([first]) => first === name)
      const [, , lives, , ends, token] = page.find(([first]) => first === `\`${id}\``) ?? []
      assert.deepEqual(row?.slice(1, 4), [lives, ends, token], id)
      assert.include(quirks, row?.[4] ?? '', id)
      assert.equal(row?.[5], checkedOn, id)
    }
  })

  test('each error text that it explains is one that people read', ({ assert }) => {
    const [, section] = README.split('## When something is wrong')
    const texts = section
      .split('## ')[0]
      .split('\n')
      .map(cellsOf)
      .filter((cells) => cells.length === 2 && !/^(text|-+)$/.test(cells[0]))
      .map(([text]) => text.replace(/"…"$/, '"'))
    const sources = ['app', 'commands', 'resources/lang/en'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|json)$/.test(file))
        .map((file) => readText(`${folder}/${file}`))
    )
    assert.isAbove(texts.length, 5)
    for (const text of texts)
      assert.isTrue(
        sources.some((source) => source.includes(text)),
        text
      )
  })

  test('the files of deploy/ that it names are there', ({ assert }) => {
    const [, section] = README.split('## Deploy')
    const files = [...section.split('## ')[0].matchAll(/`([\w.-]+\.(?:service|timer|cjs)|crontab)`/g)]
    assert.isAtLeast(files.length, 6)
    for (const [, file] of files) assert.isTrue(existsSync(join(ROOT, 'deploy', file)), file)
  })
})

/** The cells of a line of a table; none where it is no such line. */
function cellsOf(line: string): string[] {
  if (!/^\|.*\|$/.test(line)) return []
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}
