/** The audit trail (SPEC §6): every command that changes something is in it. */
import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { AuditAction } from '#services/audit/actions'
import type { AuditTrail } from '#services/audit/audit_trail'
import { outcomeOfExit, toldOf } from '#services/audit/audited_command'
import type { EvergrantCommand } from '#services/command_support'
import { ORGANIZATION } from '#tests/helpers/campaign_fixture'
import { auditScene, type AuditScene } from '#tests/helpers/audit/audit_scene'
import { aceHere } from '#tests/helpers/in_process_ace'

/** Commands that are not told, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'api-key:list': 'only looks',
  'backup:check': 'only looks, and notes what it found',
  'connection:list': 'only looks',
  'database:transfer': 'moves everything, the trail too, to where no organization is yet',
  'demo:seed': 'fills a new database with invented people and a trail of its own',
  'doctor': 'only looks',
  'organization:list': 'only looks',
  'connection:show': 'only looks',
  'openapi:print': 'only prints',
  'push:keys': 'only prints',
  'sandbox:serve': 'a server for development, without an organization',
  'scheduler:work': 'a process; its runs are kept by themselves',
}

/** What a command must leave in the trail, and arguments with which it does its work; `id` is the target's. */
interface AuditedCommand {
  action: AuditAction
  give(scene: AuditScene): Promise<{ args: string[]; id?: string }>
  /** It takes no organization. */
  forAll?: true
  /** It is told in the trail of the organization that it makes. */
  elsewhere?: true
}

const onAccount = (action: AuditAction, ...flags: string[]): AuditedCommand => ({
  action,
  async give(scene) {
    const id = await scene.account()
    return { args: [id, ...flags], id }
  },
})

const TABLE: Readonly<Record<string, AuditedCommand>> = {
  'api-key:create': {
    action: 'api_key.create',
    give: async () => ({ args: ['--name=Backend', '--abilities=tokens:read'] }),
  },
  'api-key:revoke': {
    action: 'api_key.revoke',
    give: async ({ caller }) => ({ args: [caller.apiKey.id], id: caller.apiKey.id }),
  },
  'connection:disconnect': onAccount('connection.disconnect', '--yes'),
  'connection:export': { action: 'connection.export', give: async () => ({ args: [] }) },
  'connection:import': {
    action: 'connection.import',
    async give() {
      const folder = await mkdtemp(join(tmpdir(), 'audit-'))
      folders.push(folder)
      const line = { provider: 'acme', owner: 'nova', access_token: 'SECRET-a', refresh_token: 'SECRET-r' }
      await writeFile(join(folder, 'accounts.ndjson'), JSON.stringify(line))
      return { args: [join(folder, 'accounts.ndjson')] }
    },
  },
  'connection:keep-alive': onAccount('connection.keep_alive', '--mode=always'),
  'connection:link': {
    action: 'connection.link',
    async give(scene) {
      const id = await scene.account()
      return { args: [id, `--user=${scene.email}`], id }
    },
  },
  'connection:pause': onAccount('connection.pause'),
  'connection:reactivate': onAccount('connection.reactivate'),
  'connection:resume': onAccount('connection.resume'),
  'database:backup': {
    action: 'installation.back_up',
    forAll: true,
    async give() {
      const folder = await mkdtemp(join(tmpdir(), 'audit-'))
      folders.push(folder)
      return { args: [join(folder, 'backup.sqlite3')] }
    },
  },
  'encryption:rotate': {
    action: 'installation.rotate_encryption',
    forAll: true,
    give: async () => ({ args: ['--force'] }),
  },
  'job:run': { action: 'job.run', give: async () => ({ args: ['retention'], id: 'retention' }) },
  'organization:create': {
    action: 'organization.create',
    elsewhere: true,
    give: async () => ({ args: ['--slug=made', '--name=Made'] }),
  },
  'push:test': {
    action: 'device.test',
    async give(scene) {
      await scene.device()
      return { args: [`--user=${scene.email}`] }
    },
  },
  'quarantine:lift': {
    action: 'installation.lift_quarantine',
    forAll: true,
    async give({ fixture }) {
      await fixture.engine.installation.check()
      await fixture.quarantine('copied')
      return { args: [] }
    },
  },
  'token:refresh': onAccount('connection.refresh', '--force'),
  'token:validate': onAccount('token.validate'),
  'token:verify': onAccount('connection.verify'),
  'user:reset-two-factor': {
    action: 'member.reset_two_factor',
    give: async ({ email }) => ({ args: [`--email=${email}`] }),
  },
  'user:create': {
    action: 'member.create',
    give: async () => ({
      args: ['--email=new@example.com', '--role=viewer', '--password=a SECRET password'],
    }),
  },
}

const folders: string[] = []

/** The commands of the application, by their names. */
async function commands(): Promise<Map<string, typeof EvergrantCommand>> {
  const files = readdirSync(app.commandsPath()).filter((name) => /\.[jt]s$/.test(name))
  const loaded = await Promise.all(files.map((name) => import(app.commandsPath(name))))
  return new Map(loaded.map(({ default: command }) => [command.commandName, command]))
}

test.group('Audit trail: commands', (group) => {
  let scene: AuditScene
  const ends: (() => Promise<void> | void)[] = []
  group.each.timeout(30_000)
  group.setup(async () => {
    scene = await auditScene((work) => void ends.unshift(work))
  })
  group.teardown(async () => {
    for (const end of ends) await end()
    for (const folder of folders) await rm(folder, { recursive: true })
  })

  test('every command says what it changes, or why it is not told, and has a row below', async ({
    assert,
  }) => {
    const all = await commands()
    const told = [...all].filter(([, { audits }]) => audits).map(([name]) => name)
    assert.sameMembers(told, Object.keys(TABLE))
    assert.sameMembers(
      [...all.keys()].filter((name) => !told.includes(name)),
      Object.keys(EXCEPTIONS)
    )
  })

  for (const [name, { action, give, forAll, elsewhere }] of Object.entries(TABLE)) {
    test(name, async ({ assert, client }) => {
      const { args, id } = await give(scene.through(client))
      const { code, stderr } = await aceHere(
        name,
        ...args,
        ...(forAll || elsewhere ? [] : ['--organization=main'])
      )
      assert.include([0, 3], code, stderr)
      const entry = elsewhere ? await scene.lastOf('made') : await scene.last()
      assert.containSubset(entry, { action, outcome: 'done', status: code, ip: null })
      assert.equal(entry.actor.kind, 'command')
      assert.match(entry.actor.name, /^.+@.+$/)
      if (id !== undefined) assert.equal(entry.target.id, id)
      assert.notMatch(JSON.stringify(entry), /SECRET|v1:|evg_/)
      assert.notInclude(JSON.stringify(entry), tmpdir())
    })
  }

  test('what concerns the whole installation is in the trail of each organization', async ({ assert }) => {
    await aceHere('encryption:rotate', '--force')
    const { log } = await app.container.make('audit')
    for (const organization of [ORGANIZATION, ORGANIZATION.replace(/a$/, 'b')]) {
      const { entries } = await log.page(organization, {
        ...{ show: 'both', group: 'installation', outcome: null, actorId: null, actor: null },
        ...{ targetId: null, target: null, from: null },
      })
      assert.equal(entries[0]?.action, 'installation.rotate_encryption', organization)
    }
  })

  test('bad usage is told as refused, with what was asked for', async ({ assert }) => {
    const { code } = await aceHere('connection:pause', '--organization=main', '--dry-run')
    assert.equal(code, 2)
    const { outcome, status, given } = await scene.last()
    assert.deepEqual(
      { outcome, status, given },
      { outcome: 'refused', status: 2, given: { 'dry-run': true } }
    )
  })

  test('a command whose entry cannot be written does nothing', async ({ assert }) => {
    const id = await scene.account()
    const audit = await app.container.make('audit')
    const trail = { begin: () => Promise.reject(new Error('disk full')), look: async () => null }
    app.container.bindValue('audit', { ...audit, trail: trail as unknown as AuditTrail })
    await assert.rejects(() => aceHere('connection:pause', id, '--organization=main'), 'disk full')
    app.container.bindValue('audit', audit)
    assert.isNull((await scene.fixture.row(id)).paused_at)
  })

  test('secrets, folders and long lists stay out of what is told', ({ assert }) => {
    const ids = Array.from({ length: 30 }, (_, index) => `id-${index}`)
    const told = toldOf({
      'file': '/home/ana/a.ndjson',
      ids,
      'password': 'x',
      'client-secret': 'x',
      'json': true,
    })
    assert.deepEqual(Object.keys(told), ['file', 'ids'])
    assert.equal(told.file, 'a.ndjson')
    assert.lengthOf(told.ids as string[], 21)
  })

  test('exit codes: 0 and 3 are done, 2 is refused, the others failed', ({ assert }) => {
    assert.deepEqual([0, 3, 2, 1, 130].map(outcomeOfExit), ['done', 'done', 'refused', 'failed', 'failed'])
  })
})
