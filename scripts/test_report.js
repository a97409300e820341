/** What a run of several groups tells: each group whole when it has ended, and at the end what failed, and the sums. */
import { stripVTControlCharacters } from 'node:util'

const SUMMARY = /^ *Tests {2}(.*)$/m
const ERRORS = /^.* ERRORS .*$/m
/** Of a group that ended without saying what failed. */
const LAST_LINES = 40

export class TestReport {
  #began = Date.now()
  #ended = []
  #line = ''
  #running = new Map()

  constructor(stream, total, lanes) {
    this.stream = stream
    this.total = total
    this.#say(`${total} groups of tests, ${lanes} at a time; \`npm test -- unit\` runs one suite alone.\n`)
  }

  /** The runner sees no terminal, so it is told of one. */
  get colours() {
    return this.stream.isTTY && !('NO_COLOR' in process.env) ? { FORCE_COLOR: '1' } : {}
  }

  begin(group) {
    this.#running.set(group.name, 0)
    this.#progress()
    return { ...group, output: '', began: Date.now() }
  }

  hear(group, text) {
    group.output += text
    const ticks = text.split('✔').length - 1
    this.#running.set(group.name, this.#running.get(group.name) + ticks)
    this.#progress()
  }

  end(group, code) {
    this.#running.delete(group.name)
    const plain = stripVTControlCharacters(group.output)
    const counted = SUMMARY.exec(plain)?.[1]
    const sums = ['passed', 'failed', 'skipped'].map((word) =>
      Number(new RegExp(`(\\d+) ${word}`).exec(counted ?? '')?.[1] ?? 0)
    )
    this.#ended.push({ ...group, code: code || (counted ? 0 : 1), sums })
    const took = duration(Date.now() - group.began)
    this.#say(`\n>>> ${group.name}\n${group.output.trimEnd()}\n`)
    this.#say(
      `<<< ${group.name}: ${counted ?? `ended with ${code}`}, ${took}; ${this.#ended.length} of ${this.total} groups\n`
    )
    this.#progress()
  }

  /** Tells of all groups; returns the exit code for them. */
  finish() {
    this.#clear()
    const failed = this.#ended.filter(({ code }) => code !== 0)
    for (const group of failed) this.#say(`\nFailed in ${group.name}:\n${whatFailed(group.output)}\n`)
    const [passed, bad, skipped] = [0, 1, 2].map((at) =>
      this.#ended.reduce((sum, { sums }) => sum + sums[at], 0)
    )
    const verdict = failed.length > 0 ? 'FAILED' : 'Passed'
    const took = duration(Date.now() - this.#began)
    this.#say(`\n${verdict}: ${passed} passed, ${bad} failed, ${skipped} skipped, in ${took}\n`)
    return failed[0]?.code ?? 0
  }

  #progress() {
    if (!this.stream.isTTY) return
    const running = [...this.#running].map(([name, ticks]) => `${name}: ${ticks}`).join(' · ')
    this.#clear()
    this.#line = `${this.#ended.length} of ${this.total} groups · ${running}`.slice(
      0,
      this.stream.columns - 1
    )
    this.stream.write(this.#line)
  }

  #clear() {
    if (this.#line) this.stream.write('\r\u001b[K')
    this.#line = ''
  }

  #say(text) {
    this.#clear()
    this.stream.write(text)
  }
}

/** From the runner's list of errors on, or the end of what it said; without its sums, which are told once. */
function whatFailed(output) {
  const lines = output.trimEnd().split('\n')
  const at = lines.findIndex((line) => ERRORS.test(stripVTControlCharacters(line)))
  const told = lines.slice(at < 0 ? -LAST_LINES : at)
  return told.filter((line) => !SUMMARY.test(stripVTControlCharacters(line))).join('\n')
}

function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
