/** The examples of docs/api.md, run by curl as a reader would type them, against the served application. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { appUrl } from '#config/app'
import jobSettings from '#config/jobs'
import Run from '#models/run'
import { anApiCaller, lendToApplication } from '#tests/helpers/api_caller'
import { featureFixture } from '#tests/helpers/feature_fixture'
import { managerFixture } from '#tests/helpers/token_manager_fixture'

const run = promisify(execFile)

/** A call, what its answer must be, and the variable that later calls know an id of the answer by. */
interface Example {
  status: number
  variable: string | null
  command: string
}

/** The first block says how a reader sets up the shell; the others hold one call after each comment. */
function readExamples(): { setting: string; examples: Example[] } {
  const text = readFileSync(app.makePath('docs/api.md'), 'utf8')
  const section = text.slice(text.indexOf('\n## Examples\n'))
  const [setting, ...blocks] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block)
  const calls = blocks.flatMap((block) => block.split(/^(?=# )/m)).filter((call) => call.trim() !== '')
  return { setting, examples: calls.map(toExample) }
}

function toExample(call: string): Example {
  const [comment, ...lines] = call.split('\n')
  const [, status] = /^# (\d{3})\b/.exec(comment) ?? []
  if (status === undefined) throw new Error(`An example does not tell its status: ${comment}`)
  return {
    status: Number(status),
    variable: /\$(\w+) is (?:its|the) id/.exec(comment)?.[1] ?? null,
    command: lines.join('\n').trim(),
  }
}

/** An organization with an account of a shipped provider at a simulated vendor, and a shell that calls for it. */
async function scene(context: TestContext) {
  const later = (work: () => void | Promise<void>) => context.cleanup(work)
  const fixture = await featureFixture(context, { engine: { jobSettings } })
  const { tokens } = await managerFixture('sqlite', fixture, later)
  await lendToApplication(later, { engine: fixture.engine, tokens })
  await fixture.join('twitch', 'ana')
  const { key } = await anApiCaller({ organizationId: fixture.organizationId })
  const home = await mkdtemp(join(tmpdir(), 'evergrant-curl-'))
  later(() => rm(home, { recursive: true, force: true }))
  // curl reads its own settings here: the examples need not speak of what only the test wants to know.
  await writeFile(join(home, '.curlrc'), 'silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')
  const { PATH = '' } = process.env
  const env: Record<string, string> = { PATH, HOME: home, CURL_HOME: home, LC_ALL: 'C.UTF-8' }
  return { env, key }
}

async function answerTo(setting: string, command: string, env: Record<string, string>) {
  const { stdout } = await run('sh', ['-c', `${setting}\n${command}`], { env })
  const [body, status] = stdout.split(/\n(?=\d{3}$)/)
  return { status: Number(status), body }
}

/** The id of the answer, or of the first entry of a list. */
function idIn(body: string): string {
  const { id, data } = JSON.parse(body) as { id?: string; data?: { id: string }[] }
  return id ?? data?.[0]?.id ?? ''
}

/** Waits, without watching the clock, until no run goes on by itself. */
async function allEnded(): Promise<void> {
  while (await Run.query().whereIn('state', ['queued', 'running']).first()) await nextTurn()
}

test.group('docs/api.md: examples', () => {
  test('each call is answered as the example says', async (context) => {
    const { assert } = context
    const { env, key } = await scene(context)
    const { setting, examples } = readExamples()
    const here = setting.replace(/^BASE=.*$/m, `BASE="${appUrl}/api/v1"`).replace(/^KEY=.*$/m, `KEY="${key}"`)
    assert.notEqual(here, setting)
    for (const { command, status, variable } of examples) {
      const answer = await answerTo(here, command, env)
      assert.equal(answer.status, status, `${command}\n${answer.body}`)
      if (variable) env[variable] = idIn(answer.body)
      if (status === 202) await allEnded()
    }
    assert.isAbove(examples.length, 25)
  }).timeout(30_000)

  test('every group of calls has one', async ({ assert }) => {
    const router = await app.container.make('router')
    const groups = Object.values(router.toJSON())
      .flat()
      .flatMap(({ pattern }) => /^\/api\/v1\/([\w-]+)/.exec(pattern)?.[1] ?? [])
    const commands = readExamples().examples.map(({ command }) => command)
    for (const group of new Set(groups))
      assert.isTrue(
        commands.some((command) => command.includes(`$BASE/${group}`)),
        `docs/api.md has no example for /${group}`
      )
  })
})
