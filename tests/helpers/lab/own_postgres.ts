import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#tests/helpers/processes'

const INSTALLED = '/usr/lib/postgresql'

/** The folder of the newest PostgreSQL programs of this machine; null where there are none. */
export function postgresPrograms(): string | null {
  if (!existsSync(INSTALLED)) return null
  const versions = readdirSync(INSTALLED).sort((one, other) => Number(other) - Number(one))
  const folders = versions.map((version) => join(INSTALLED, version, 'bin'))
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null
}

/** A PostgreSQL server of one test's own, which may therefore be restarted and killed. */
export class OwnPostgres {
  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    private readonly port: number
  ) {}

  static async start(programs: string): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'evergrant-postgres-'))
    const own = new OwnPostgres(programs, folder, await freePort())
    // The server refuses to run as root: there, the folder and the programs are those of its own user.
    if (process.getuid?.() === 0) chownSync(folder, ...postgresUser())
    own.#run('initdb', ['--pgdata', own.#data, '--auth=trust', '--username=postgres', '--no-sync'])
    own.#control('start')
    return own
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`
  }

  /** Ends every backend as a crash would and starts again, which replays the log. */
  restart(): void {
    this.#control('restart', '--mode=immediate')
  }

  stop(): void {
    this.#control('stop', '--mode=immediate')
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #data(): string {
    return join(this.folder, 'data')
  }

  #control(action: string, ...flags: string[]): void {
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`
    const log = join(this.folder, 'log')
    this.#run('pg_ctl', [action, ...flags, '-w', '-D', this.#data, '-l', log, '-o', options])
  }

  #run(program: string, args: string[]): void {
    const [uid, gid] = process.getuid?.() === 0 ? postgresUser() : []
    execFileSync(join(this.programs, program), args, { uid, gid, cwd: this.folder, stdio: 'ignore' })
  }
}

function postgresUser(): [number, number] {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return [id('-u'), id('-g')]
}
