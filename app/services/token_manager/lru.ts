/**
 * A map that forgets what was not used for long: it holds between half of `bound` and `bound` of the latest keys. Two
 * generations instead of an ordered list, so that a hit costs one lookup.
 */
export class Lru<T> {
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  constructor(private readonly bound: number) {}

  get(key: string): T | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const known = this.#old.get(key)
    if (known !== undefined) this.set(key, known)
    return known
  }

  set(key: string, value: T): void {
    if (this.#young.size >= this.bound / 2 && !this.#young.has(key)) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
    this.#old.delete(key)
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }
}
