import { SingleBar } from 'cli-progress'
import type { CommandSpeech } from '#services/command_speech'
import type { RunProgress } from '#services/run_service'

const EVERY = 10_000

/** Shows people how far a run is: a bar on a terminal, else a plain line every ten seconds; nothing where it must be quiet. */
export class RunProgressDisplay {
  #bar: SingleBar | null = null
  #saidAt = Date.now()

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly quiet: boolean,
    private readonly speech: CommandSpeech
  ) {}

  update({ total, done, ...tally }: RunProgress): void {
    if (this.quiet) return
    const counts = this.#counts(tally)
    if (this.output.isTTY) {
      this.#bar ??= this.#start(total)
      return this.#bar.update(done, { counts })
    }
    if (Date.now() - this.#saidAt < EVERY) return
    this.#saidAt = Date.now()
    this.output.write(`${this.speech.say('commands.progress.refresh', { done, total, counts })}\n`)
  }

  end(): void {
    this.#bar?.stop()
  }

  #counts(tally: Pick<RunProgress, 'refreshed' | 'failed' | 'skipped'>): string {
    const parts = ['refreshed', 'failed', 'skipped'] as const
    return this.speech.list(
      parts.map((part) => this.speech.say(`runs.parts.refresh.${part}`, { count: tally[part] }))
    )
  }

  #start(total: number): SingleBar {
    const left = this.speech.say('commands.progress.left', { seconds: '{eta}' })
    const format = `{bar} {value}/{total} | {counts} | ${left}`
    const bar = new SingleBar({ format, stream: this.output, hideCursor: true, fps: 10 })
    bar.start(total, 0, { counts: this.#counts({ refreshed: 0, failed: 0, skipped: 0 }) })
    return bar
  }
}
