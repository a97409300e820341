import { ROOT_CONTEXT, SpanKind, SpanStatusCode, defaultTextMapGetter, type Tracer } from '@opentelemetry/api'
import { W3CTraceContextPropagator, setGlobalErrorHandler } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  RandomIdGenerator,
  TracerProvider,
  type IdGenerator,
} from '@opentelemetry/sdk-trace'
import type { RefreshEnded } from '#services/observability/refresh_channel'

interface Options {
  /** The address of a collector that speaks OTLP over HTTP; `/v1/traces` is added. */
  endpoint: string
  now: () => number
  /** Hears why spans could not be sent; they are dropped. */
  onTrouble: (message: string) => void
}

/** A request that has been answered, without anything secret that a visitor wrote. */
export interface TracedRequest {
  method: string
  /** The pattern of the route, never the address. */
  route: string
  status: number
  /** Milliseconds. */
  took: number
  requestId: string | null
  /** From its `traceparent` (W3C Trace Context) the span knows where it belongs. */
  headers: Readonly<Record<string, unknown>>
}

/**
 * Sends spans to an OpenTelemetry collector: one for each request, one for each refresh. Spans are written when their work
 * is over, so that none of it runs differently for being traced. Nothing is awaited but the end.
 */
export class Tracing {
  readonly #provider: TracerProvider
  readonly #tracer: Tracer
  readonly #propagator = new W3CTraceContextPropagator()
  readonly #ids = new KeptIds()

  constructor(private readonly options: Options) {
    const exporter = new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces` })
    // An error of the exporter may carry the answer of the collector; its message tells enough.
    setGlobalErrorHandler((error) =>
      options.onTrouble(error instanceof Error ? error.message : 'no reason given')
    )
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'evergrant' }),
      spanProcessors: [new BatchSpanProcessor({ exporter })],
      idGenerator: this.#ids,
    })
    this.#tracer = this.#provider.getTracer('evergrant')
  }

  /** A request has been answered just now. */
  request({ method, route, status, took, requestId, headers }: TracedRequest): void {
    const parent = this.#propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
    const attributes = {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      ...(requestId === null ? {} : { 'evergrant.request_id': requestId }),
    }
    const times = this.#times(took)
    const kind = SpanKind.SERVER
    const span = this.#tracer.startSpan(
      `${method} ${route}`,
      { kind, attributes, startTime: times.start },
      parent
    )
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(times.end)
  }

  /** A refresh has been settled just now. Its trace is the one that the refresh log names. */
  refresh({ provider, kind, status, reason, took, traceId }: RefreshEnded): void {
    const attributes = {
      'evergrant.provider': provider,
      'evergrant.refresh.kind': kind,
      'evergrant.refresh.status': status,
      'evergrant.refresh.reason': reason,
    }
    const times = this.#times(took)
    const options = { kind: SpanKind.CLIENT, attributes, startTime: times.start }
    const span = this.#ids.within(traceId, () =>
      this.#tracer.startSpan(`refresh ${provider}`, options, ROOT_CONTEXT)
    )
    if (status === 'failed') span.setStatus({ code: SpanStatusCode.ERROR, message: reason })
    span.end(times.end)
  }

  /** Sends what is left; for the end of the process. Never rejects. */
  async close(): Promise<void> {
    await this.#provider.shutdown().catch((error: unknown) => this.options.onTrouble(String(error)))
  }

  #times(took: number): { start: number; end: number } {
    const end = this.options.now()
    return { start: end - took, end }
  }
}

/** Ids of chance, except for a trace whose id stands in the log already: a tracer takes none by any other way. */
class KeptIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #kept: string | undefined

  generateTraceId(): string {
    return this.#kept ?? this.#random.generateTraceId()
  }

  generateSpanId(): string {
    return this.#random.generateSpanId()
  }

  within<T>(traceId: string | undefined, start: () => T): T {
    this.#kept = traceId
    try {
      return start()
    } finally {
      this.#kept = undefined
    }
  }
}
