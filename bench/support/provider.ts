import { nextMessage, startChild } from './children.js'

export interface EndpointOptions {
  /** Milliseconds until an answer, and how many more at most. */
  delay: number
  jitter?: number
  /** Refuse a refresh token that was used before. */
  strict?: boolean
  seed: number
}

export interface EndpointCounts {
  calls: number
  refused: number
  /** Calls within the busiest second. */
  busiest: number
  /** From the first call to the last. */
  seconds: number
}

export interface Endpoint {
  url: string
  counts(): Promise<EndpointCounts>
  close(): void
}

/** Starts the token endpoint beside us. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const child = startChild('./token_endpoint.ts', [], {
    DELAY: String(options.delay),
    JITTER: String(options.jitter ?? 0),
    STRICT: String(options.strict ?? false),
    SEED: String(options.seed),
  })
  const port = await nextMessage<number>(child)
  return {
    url: `http://127.0.0.1:${port}/token`,
    counts() {
      const counts = nextMessage<EndpointCounts>(child)
      child.send('count')
      return counts
    },
    close: () => child.disconnect(),
  }
}
