import { randomUUID } from 'node:crypto'

/** An id that sorts by the time in milliseconds that it is given (RFC 9562 §5.7): it fills an index from its end. */
export function timeOrdered(now: number): string {
  const time = Math.floor(now).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
