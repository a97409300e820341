import { SingleBar } from 'cli-progress'
import type { RotationProgress } from '#services/key_rotation'

const EVERY = 3_000

/** Shows people how far a key rotation is: a bar on a terminal, else a plain line at first and every few seconds. */
export class RotationProgressDisplay {
  #bar: SingleBar | null = null
  #saidAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly quiet: boolean
  ) {}

  update({ total, done }: RotationProgress): void {
    if (this.quiet || total === 0) return
    if (this.output.isTTY) {
      this.#bar ??= this.#start(total)
      return this.#bar.update(done)
    }
    if (Date.now() - this.#saidAt < EVERY) return
    this.#saidAt = Date.now()
    this.output.write(`${done} of ${total} records done\n`)
  }

  end(): void {
    this.#bar?.stop()
  }

  #start(total: number): SingleBar {
    const format = '{bar} {value}/{total} records | {eta} s left'
    const bar = new SingleBar({ format, stream: this.output, hideCursor: true, fps: 10 })
    bar.start(total, 0)
    return bar
  }
}
