import { SingleBar } from 'cli-progress'

const EVERY = 10_000

/** Shows people how far a verification, or other work on many accounts, is: a bar on a terminal, else a plain line every ten seconds, or nothing. */
export class VerificationProgress {
  #bar: SingleBar | null = null
  #saidAt = performance.now()

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly quiet: boolean,
    private readonly verb = 'tested'
  ) {}

  update(done: number, total: number): void {
    if (this.quiet) return
    if (this.output.isTTY) {
      this.#bar ??= this.#start(total)
      return this.#bar.update(done)
    }
    if (performance.now() - this.#saidAt < EVERY) return
    this.#saidAt = performance.now()
    this.output.write(`${done} of ${total} ${this.verb}\n`)
  }

  end(): void {
    this.#bar?.stop()
  }

  #start(total: number): SingleBar {
    const bar = new SingleBar({
      format: `{bar} {value}/{total} ${this.verb} | {eta} s left`,
      stream: this.output,
      fps: 10,
    })
    bar.start(total, 0)
    return bar
  }
}
