import { SingleBar } from 'cli-progress'
import type { BadLine, ImportProgress } from '#services/import_service'

/** Where progress is shown; `process.stderr` fits. */
type Output = NodeJS.WriteStream

const EVERY = 3_000

/**
 * Shows people how far an import is: a bar on a terminal, else a plain line every few seconds. `total` is the size in
 * bytes, null where it is unknown.
 */
export class ImportProgressDisplay {
  readonly #bar: SingleBar | null
  #lines = 0
  #saidAt = Date.now()

  constructor(
    private readonly output: Output,
    total: number | null,
    private readonly quiet: boolean
  ) {
    const drawsBar = output.isTTY && !quiet && total !== null
    this.#bar = drawsBar
      ? new SingleBar({ format: '{bar} {percentage} % | {lines} lines', stream: output, hideCursor: true })
      : null
    this.#bar?.start(total ?? 0, 0, { lines: 0 })
  }

  update({ lines, bytes }: ImportProgress): void {
    this.#lines = lines
    if (this.#bar) return this.#bar.update(bytes, { lines })
    if (this.quiet || Date.now() - this.#saidAt < EVERY) return
    this.#saidAt = Date.now()
    this.output.write(`${lines} lines read\n`)
  }

  /** A bad line gets a line of its own; the bar is drawn again below it. */
  bad({ line, message }: BadLine): void {
    if (this.#bar) this.output.write('\r\u001b[K')
    this.output.write(`line ${line}: ${message}\n`)
  }

  end(): void {
    if (!this.#bar) return
    this.#bar.update(this.#bar.getTotal(), { lines: this.#lines })
    this.#bar.stop()
  }
}
