import { SingleBar } from 'cli-progress'

const EVERY = 10_000

/** How far the work is, in words; `left` has `{eta}` for the seconds that remain. */
export interface ProgressWords {
  done: (done: number, total: number) => string
  left: string
}

/** What was done, in English. */
export const englishProgress = (verb: string): ProgressWords => ({
  done: (done, total) => `${done} of ${total} ${verb}`,
  left: '{eta} s left',
})

/** Shows people how far a verification, or other work on many accounts, is: a bar on a terminal, else a plain line every ten seconds, or nothing. */
export class VerificationProgress {
  #bar: SingleBar | null = null
  #saidAt = performance.now()

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly quiet: boolean,
    private readonly words: ProgressWords = englishProgress('tested')
  ) {}

  update(done: number, total: number): void {
    if (this.quiet) return
    if (this.output.isTTY) {
      this.#bar ??= this.#start(total)
      return this.#bar.update(done, { said: this.words.done(done, total) })
    }
    if (performance.now() - this.#saidAt < EVERY) return
    this.#saidAt = performance.now()
    this.output.write(`${this.words.done(done, total)}\n`)
  }

  end(): void {
    this.#bar?.stop()
  }

  #start(total: number): SingleBar {
    const bar = new SingleBar({
      format: `{bar} {said} | ${this.words.left}`,
      stream: this.output,
      fps: 10,
    })
    bar.start(total, 0, { said: this.words.done(0, total) })
    return bar
  }
}
