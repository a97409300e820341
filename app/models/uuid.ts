import { randomFillSync } from 'node:crypto'

const bytes = Buffer.alloc(16)

/**
 * A UUID version 7 (RFC 9562 §5.7): the creation time in milliseconds, then 74 random bits, so that ids sort by age
 * and inserts stay at the end of the index.
 */
export function uuid(now: number = Date.now()): string {
  randomFillSync(bytes)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = 0x70 | (bytes[6] & 0x0f)
  bytes[8] = 0x80 | (bytes[8] & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
