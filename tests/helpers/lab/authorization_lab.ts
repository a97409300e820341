import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FaultName } from '#tests/helpers/lab/answer_faults'
import type { ServerPoint } from '#tests/helpers/lab/barrier'
import type { LabReuse } from '#tests/helpers/lab/grants'
import { RemoteProcess } from '#tests/helpers/lab/remote_process'
import { TruthReader } from '#tests/helpers/lab/truth_log'

const SERVER = new URL('./lab_server.ts', import.meta.url)

/** Long enough that nothing judged becomes due again while the clock is moved. */
const YEAR_ALMOST = 300 * 24 * 3600

/**
 * A token endpoint in its own process, out of our process group, that keeps the truth in a log on disk. Faults are
 * scripted for single accounts or for all; requests can be held at a point, and a process can be killed there.
 */
export class AuthorizationLab {
  private constructor(
    private readonly process: RemoteProcess,
    readonly url: string,
    readonly truth: TruthReader,
    private readonly folder: string
  ) {}

  static async start(expiresIn = YEAR_ALMOST): Promise<AuthorizationLab> {
    const folder = mkdtempSync(join(tmpdir(), 'evergrant-lab-'))
    const truth = join(folder, 'truth.jsonl')
    const process = RemoteProcess.start(SERVER, { settings: { truth, expiresIn }, detached: true })
    const port = await process.call<number>('port')
    return new AuthorizationLab(process, `http://127.0.0.1:${port}/token`, new TruthReader(truth), folder)
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Grants accounts of one reuse class; returns their first refresh tokens in the same order. */
  grant(accounts: readonly string[], reuse: LabReuse): Promise<string[]> {
    return this.process.call('grant', { accounts, reuse })
  }

  revoke(account: string): Promise<void> {
    return this.process.call('revoke', account)
  }

  /** The next requests of this account meet these faults, one each. */
  script(account: string, ...faults: FaultName[]): Promise<void> {
    return this.process.call('script', { account, faults })
  }

  /** Every request meets this fault until it is called with null. */
  standing(fault: FaultName | null): Promise<void> {
    return this.process.call('standing', fault)
  }

  /** The secret that the client must present from now on. */
  expectSecret(secret: string): Promise<void> {
    return this.process.call('secret', secret)
  }

  /** Milliseconds that each request takes from now on. */
  takeTime(milliseconds: number): Promise<void> {
    return this.process.call('latency', milliseconds)
  }

  /** Answers that are ready together leave over this many milliseconds from now on. */
  spreadAnswers(milliseconds: number): Promise<void> {
    return this.process.call('spread', milliseconds)
  }

  /** Moves the provider's clock, on which grace periods run. */
  advance(milliseconds: number): Promise<void> {
    return this.process.call('advance', milliseconds)
  }

  /** Holds requests at a point: until `release`, or until `count` of them have gathered. */
  hold(point: ServerPoint, count: number | null = null): Promise<void> {
    return this.process.call('hold', { point, count })
  }

  gathered(count: number): Promise<void> {
    return this.process.call('gathered', count)
  }

  release(): Promise<void> {
    return this.process.call('release')
  }

  /** Kills `pid` when the request number `after` (counted from now) reaches the point. */
  arm(pid: number, point: ServerPoint, after: number): Promise<void> {
    return this.process.call('arm', { pid, point, after })
  }

  disarm(): Promise<void> {
    return this.process.call('disarm')
  }

  /** Waits until every request has come to its end; with `gone` also until all clients have left. */
  idle(options: { gone: boolean } = { gone: false }): Promise<void> {
    return this.process.call('idle', options)
  }

  async close(): Promise<void> {
    await this.process.end()
    this.truth.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
