import { args, flags } from '@adonisjs/core/ace'
import { parseDuration } from '#oauth/duration'
import type { FilterProblem } from '#services/account_filter/filter_problem'
import { pad, type CommandSpeech } from '#services/command_speech'
import { EXIT } from '#services/command_support'
import type { RunSelection } from '#services/run_selection'
import type { RunReport, RunResult } from '#services/run_service'
import { SpokenCommand } from '#services/spoken_command'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export default class TokenRefresh extends SpokenCommand {
  static commandName = 'token:refresh'
  static audits = 'connection.refresh' as const
  static auditTarget = 'connection' as const
  static description = 'Refresh the tokens that are expiring; skip the rest'
  static help = [
    'Without ids: all active, unpaused connections; of providers that are kept alive only while authorized, those with',
    'an open window. Explicit ids override the window and, with --force, inactivity; never a pause.',
    '--simulate claims, builds the request, judges an answer as the provider would give it and settles, without asking',
    'the provider, and leaves the connections as they were: it shows unreadable tokens and missing clients. With --force',
    'it tries what is not due, too.',
    'Exit codes: 0 all well, 2 bad usage, 3 at least one refresh failed, 130 interrupted (what was in flight is saved).',
  ]

  @args.spread({ description: 'Ids of connections', required: false })
  declare ids?: string[]

  @flags.boolean({ description: 'Refresh whatever the expiry' })
  declare force?: boolean

  @flags.boolean({ description: 'Say what would be done and change nothing' })
  declare dryRun?: boolean

  @flags.boolean({
    description: 'Do everything but ask the provider, then take it back; the log gets kind test',
  })
  declare simulate?: boolean

  @flags.string({ description: 'Only connections of this provider' })
  declare provider?: string

  @flags.boolean({ description: 'Only what has already expired' })
  declare expired?: boolean

  @flags.string({
    description: 'What expires within this time, such as 1h, instead of the provider’s margin',
  })
  declare dueWithin?: string

  @flags.string({ description: "Only those that match, such as 'tag:vip expires:<1h'" })
  declare filter?: string

  @flags.boolean({ description: 'Ignore authorization windows' })
  declare all?: boolean

  @flags.string({ description: 'Connections worked on at a time' })
  declare concurrency?: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  @flags.string({ description: 'Write a report to this file: .json, .md, or .xml for JUnit' })
  declare report?: string

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const usage = await this.#readUsage(organizationId)
    if (!usage) return
    const report = await this.#refresh(usage.selection, usage.concurrency)
    if (!report) return
    await this.#writeReport(report)
    if (this.json) this.print(JSON.stringify(report))
    else this.#print(report)
    if (this.exitCode !== EXIT.interrupted) this.exitCode = report.failed > 0 ? EXIT.findings : EXIT.ok
  }

  /** The selection and concurrency that the flags mean; null after telling what is wrong with them. */
  async #readUsage(organizationId: string): Promise<{ selection: RunSelection; concurrency: number } | null> {
    const { default: settings } = await import('#config/token_refresh')
    const engine = await this.app.container.make('engine')
    const { provider, force, expired, all } = this
    if (this.simulate && this.dryRun) return this.#refuse('commands.refresh.two_ways')
    const { reportProblem } = await import('#services/run_reports/write_report')
    const unwritable = this.report === undefined ? null : await reportProblem(this.report)
    if (unwritable) return this.#refuse(`commands.report.${unwritable.code}`, unwritable.values)
    const concurrency = this.concurrency === undefined ? settings.concurrency : Number(this.concurrency)
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1000)
      return this.#refuse('commands.refresh.concurrency', { text: this.concurrency })
    const found = provider === undefined ? null : await engine.catalogue.resolve(organizationId, provider)
    if (provider !== undefined && !found) {
      await this.refuseProvider(organizationId, provider)
      return null
    }
    const dueWithin = this.dueWithin === undefined ? undefined : toDuration(this.dueWithin)
    if (dueWithin === null) return this.#refuse('commands.refresh.due_within', { text: this.dueWithin })
    const ids = this.ids?.length ? this.ids : undefined
    const unknown = ids ? await this.#unknownIds(organizationId, ids) : []
    if (unknown.length > 0) return this.#refuse('commands.unknown_connection', { ids: unknown.join(', ') })
    const { filterNarrow } = await import('#services/run_filter')
    const searched = await filterNarrow(organizationId, this.filter)
    if (!searched.ok) return this.#refuseSearch(searched.problem)
    const { narrow } = searched
    const selection = { organizationId, ids, provider: found?.id, expired, dueWithin, all, force, narrow }
    return { selection, concurrency }
  }

  #refuse(key: string, values: Record<string, unknown> = {}): null {
    this.refuse(this.speech.say(key, values))
    return null
  }

  #refuseSearch(problem: FilterProblem): null {
    const isMeant = 'meant' in problem && problem.meant ? 'yes' : 'no'
    this.refuse(this.speech.say('accounts.problem.not_applied'))
    return this.#refuse(`accounts.problem.${problem.code}`, { ...problem, isMeant })
  }

  async #unknownIds(organizationId: string, ids: string[]): Promise<string[]> {
    const { default: Connection } = await import('#models/connection')
    const wellFormed = ids.filter((id) => UUID.test(id)).map((id) => id.toLowerCase())
    const rows = await Connection.query().where({ organizationId }).whereIn('id', wellFormed).select('id')
    const known = new Set(rows.map(({ id }) => id))
    return ids.filter((id) => !known.has(id.toLowerCase())).map((id) => id.slice(0, 64))
  }

  async #refresh(selection: RunSelection, concurrency: number): Promise<RunReport | null> {
    const engine = await this.app.container.make('engine')
    const { RunProgressDisplay } = await import('#services/run_progress')
    const display = new RunProgressDisplay(process.stderr, this.json ?? false, this.speech)
    const interruption = new AbortController()
    const stop = () => {
      interruption.abort()
      this.exitCode = EXIT.interrupted
    }
    process.once('SIGINT', stop).once('SIGTERM', stop)
    try {
      const runs = this.simulate ? engine.rehearsals : engine.runs
      return await runs.run({
        job: 'token:refresh',
        kind: this.simulate ? 'test' : 'manual',
        trigger: 'command',
        selection,
        concurrency,
        dryRun: this.dryRun,
        onProgress: (progress) => display.update(progress),
        signal: interruption.signal,
      })
    } finally {
      display.end()
      process.off('SIGINT', stop).off('SIGTERM', stop)
    }
  }

  async #writeReport(report: RunReport): Promise<void> {
    if (this.report === undefined) return
    const { writeReport } = await import('#services/run_reports/write_report')
    await writeReport(this.report, report.run_id, report)
  }

  #print(report: RunReport): void {
    const { speech } = this
    for (const result of report.results.filter(({ status }) => status !== 'skipped'))
      this.print(line(result, speech))
    const would = report.results.filter(({ status }) => status === 'would_refresh').length
    const { total, refreshed, failed, skipped } = report
    const counts = [
      report.dry_run || this.simulate
        ? speech.say('commands.refresh.would', { count: would })
        : speech.say('commands.refresh.success', { count: refreshed }),
      ...(report.dry_run ? [] : [speech.say('runs.parts.refresh.failed', { count: failed })]),
      speech.say('runs.parts.refresh.skipped', { count: skipped }),
    ]
    const seconds = report.duration_ms / 1000
    this.print(speech.say('commands.refresh.total', { total, counts: speech.list(counts), seconds }))
  }
}

const STATUSES = ['refreshed', 'failed', 'would_refresh']

function line(result: RunResult, speech: CommandSpeech): string {
  const { connection_id: id, provider, username, status, reason, new_expires_at: until } = result
  const ending = until
    ? speech.say('commands.valid_until', { at: speech.exactMoment(until) })
    : speech.word('runs.reasons', reason)
  const state = speech.column('runs.statuses', status, STATUSES)
  return `${state} ${pad(provider, 10)} ${id} ${username ?? '–'}  ${ending}`
}

function toDuration(text: string): number | null {
  try {
    return parseDuration(text)
  } catch {
    return null
  }
}
