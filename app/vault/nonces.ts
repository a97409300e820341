import { randomFillSync } from 'node:crypto'

const LENGTH = 12
const AT_ONCE = 256

/**
 * Random nonces of 96 bits for AES-GCM (NIST SP 800-38D §8.2.2). They are drawn from the system's generator many at a
 * time, since each draw costs as much as sealing a token, and each is handed out once.
 */
export class Nonces {
  #drawn = Buffer.alloc(0)
  #used = 0

  next(): Buffer {
    if (this.#used === this.#drawn.length) {
      this.#drawn = randomFillSync(Buffer.allocUnsafeSlow(LENGTH * AT_ONCE))
      this.#used = 0
    }
    const nonce = this.#drawn.subarray(this.#used, this.#used + LENGTH)
    this.#used += LENGTH
    return nonce
  }
}
