import { args, flags } from '@adonisjs/core/ace'
import { EvergrantCommand, EXIT } from '#services/command_support'
import type { JobOutcome } from '#services/jobs/job_types'

export default class JobRun extends EvergrantCommand {
  static commandName = 'job:run'
  static audits = 'job.run' as const
  static auditTarget = 'job' as const
  static description = 'Run a job now, as its schedule would, and wait for its end'
  static help = [
    'Jobs: auto-token-refresh, refresh-expired-tokens, comprehensive-token-refresh, daily-health-check, and the cycle of',
    'each provider that has one, such as twitch-cycle. A job that is under way already is joined, not doubled.',
    'Exit codes: 0 all well, 1 it broke off, 2 bad usage, 3 at least one refresh failed or account is unusable, 130',
    'interrupted (what was in flight is saved).',
  ]

  @args.string({ description: 'Name of the job' })
  declare name: string

  @flags.boolean({ description: 'Print the job’s own JSON and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const outcome = await this.#run(organizationId)
    if (!outcome) return
    if (outcome.error) this.note(outcome.error)
    if (this.json) this.print(JSON.stringify(outcome.result))
    else await this.#print(outcome)
    if (this.exitCode !== EXIT.interrupted) this.exitCode = exitCodeOf(outcome)
  }

  async #run(organizationId: string): Promise<JobOutcome | null> {
    const engine = await this.app.container.make('engine')
    const { VerificationProgress } = await import('#services/verification/verification_progress')
    const display = new VerificationProgress(process.stderr, this.json ?? false)
    const { signal, end } = this.interruption()
    const onProgress = (done: number, total: number) => display.update(done, total)
    try {
      const request = { organizationId, trigger: 'command' as const, signal, onProgress }
      const started = await engine.jobs.start(this.name, request)
      if (!started.ok) return this.#refuse(started.message)
      if (started.joined)
        this.note(`${this.name} is under way already (run ${started.runId}); waiting for its end.`)
      return await started.ended()
    } finally {
      display.end()
      end()
    }
  }

  #refuse(message: string): null {
    this.refuse(message)
    return null
  }

  async #print({ runId, state, result }: JobOutcome): Promise<void> {
    const { countsInWords } = await import('#services/jobs/job_results')
    this.print(`Run ${runId}: ${state}`)
    if (!result) return
    if ('stats' in result) return this.print(countsInWords(result.stats))
    if ('sent' in result) return this.print(countsInWords({ ...result }))
    if (!('success' in result)) return this.print(`Deleted: ${countsInWords({ ...result })}`)
    const { message, refreshed, failed, skipped } = result
    this.print(`${message} (${refreshed} success, ${failed} failed, ${skipped} skipped)`)
  }
}

function exitCodeOf({ state, findings }: JobOutcome): number {
  if (state === 'failed') return EXIT.crash
  return findings > 0 ? EXIT.findings : EXIT.ok
}
