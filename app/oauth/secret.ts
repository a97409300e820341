import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/**
 * A token, password or client secret on its way through the program. However it is printed (template string,
 * JSON, `console.log`, a logger's serializer) it shows as `[secret]`; only `reveal()` gives the text, so a search
 * for that word finds every place where a secret leaves its wrapper.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret text itself. Call it where the text is sent or sealed, nowhere else. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
