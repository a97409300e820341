import { SingleBar } from 'cli-progress'
import type { RunProgress } from '#services/run_service'

const EVERY = 10_000

/** Shows people how far a run is: a bar on a terminal, else a plain line every ten seconds; nothing where it must be quiet. */
export class RunProgressDisplay {
  #bar: SingleBar | null = null
  #saidAt = Date.now()

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly quiet: boolean
  ) {}

  update({ total, done, refreshed, failed, skipped }: RunProgress): void {
    if (this.quiet) return
    if (this.output.isTTY) {
      this.#bar ??= this.#start(total)
      return this.#bar.update(done, { refreshed, failed, skipped })
    }
    if (Date.now() - this.#saidAt < EVERY) return
    this.#saidAt = Date.now()
    this.output.write(`${done} of ${total}: ${refreshed} refreshed, ${failed} failed, ${skipped} skipped\n`)
  }

  end(): void {
    this.#bar?.stop()
  }

  #start(total: number): SingleBar {
    const format =
      '{bar} {value}/{total} | {refreshed} refreshed, {failed} failed, {skipped} skipped | {eta} s left'
    const bar = new SingleBar({ format, stream: this.output, hideCursor: true, fps: 10 })
    bar.start(total, 0, { refreshed: 0, failed: 0, skipped: 0 })
    return bar
  }
}
