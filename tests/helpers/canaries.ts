import { randomBytes } from 'node:crypto'

/** So many characters of a secret in a row give it away. */
const TELLING = 12
const GRAM = 4
/** Of that many places in a row one is divisible by it: there a whole gram of each telling part begins. */
const STRIDE = TELLING - GRAM + 1

/** Secrets that went in, by what they are. Base64 with its `+` and `/`, so that encoded and broken copies differ. */
export class Canaries {
  readonly all = new Map<string, string>()
  /** Which secrets have these four bytes in a row, in a copy or in themselves. */
  readonly #grams = new Map<number, Set<string>>()

  hatch(what: string): string {
    const value = randomBytes(36).toString('base64')
    const name = `${what} #${this.all.size}`
    this.all.set(name, value)
    for (const copy of [value, ...copiesOf(value)]) this.#note(name, Buffer.from(copy))
    return value
  }

  /** Where a secret, an encoded copy of it or any twelve characters of it in a row stand in `text`. */
  sightings(place: string, text: Buffer | string): string[] {
    const bytes = Buffer.from(text)
    return [...this.#suspects(bytes)].flatMap((what) => {
      const value = this.all.get(what) ?? ''
      const length = value.length - TELLING + 1
      const parts = Array.from({ length }, (_, at) => value.slice(at, at + TELLING))
      const found = [...copiesOf(value), ...parts].find((part) => bytes.includes(part))
      return found === undefined ? [] : [`${what} in ${place}: ${around(bytes, found)}`]
    })
  }

  #note(name: string, copy: Buffer): void {
    for (let at = 0; at + GRAM <= copy.length; at++) {
      const gram = copy.readUInt32LE(at)
      const names = this.#grams.get(gram) ?? new Set()
      this.#grams.set(gram, names.add(name))
    }
  }

  /** The secrets that may stand there: looking for each part of each would take seconds. */
  #suspects(bytes: Buffer): Set<string> {
    const names = new Set<string>()
    for (let at = 0; at + GRAM <= bytes.length; at += STRIDE) {
      for (const name of this.#grams.get(bytes.readUInt32LE(at)) ?? []) names.add(name)
    }
    return names
  }
}

function copiesOf(value: string): string[] {
  return [encodeURIComponent(value), Buffer.from(value).toString('base64').slice(0, 40)]
}

function around(bytes: Buffer, part: string): string {
  const at = bytes.indexOf(part)
  return JSON.stringify(bytes.subarray(Math.max(0, at - 60), at + 60).toString('utf8'))
}
