/** The HTTP API. Its rate limit is in `config/limiter.ts`. */
const api = {
  /** How long a call with `?wait=true` waits for the end of its run, in milliseconds. */
  patience: 30_000,
  /** Seconds after which a caller may ask again while a process is ending. */
  retryAfterStop: 5,
}

export default api
