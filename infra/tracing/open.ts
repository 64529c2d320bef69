// Traces of OpenTelemetry, sent by OTLP over HTTP. The SDK is loaded only where traces are asked for.
import { AsyncLocalStorage } from 'node:async_hooks';
import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { TraceParent, Tracing } from '../../streams/engine/tracing.ts';
import { BoundedProcessor, type SpanCounts } from './bounded-processor.ts';
import { attributesOf, failed, StageTaskTracer, within } from './task-tracer.ts';
import { formatTraceParent, parseTraceParent } from './trace-parent.ts';

export interface TracingOptions {
  /** Base address of the collector; spans go to `/v1/traces` below it. */
  readonly url: string;
  /** Headers of every call, such as those of a login. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Share of the traces begun here that are recorded, 0 to 1. @default 1 */
  readonly share?: number | undefined;
  /** Name of the service. @default 'millrace' */
  readonly service?: string | undefined;
  /** Number of spans that wait at most, and time between two looks at them, ms. */
  readonly queue?: { readonly capacity?: number; readonly everyMs?: number } | undefined;
}

export interface OpenTracing extends Tracing, AsyncDisposable {
  readonly counts: Readonly<SpanCounts>;
}

/** Longest time that the last spans may take at the end, ms. */
const lastMs = 2_000;

export async function openTracing(options: TracingOptions): Promise<OpenTracing> {
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({
    url: `${options.url.replace(/\/+$/, '')}/v1/traces`,
    ...(options.headers && { headers: { ...options.headers } }),
    timeoutMillis: 5_000,
  });
  const processor = new BoundedProcessor(exporter, options.queue);
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service ?? 'millrace' }),
    sampler: new sdk.ParentBasedSampler({
      root: new sdk.TraceIdRatioBasedSampler(options.share ?? 1),
    }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('millrace');
  return {
    counts: processor.counts,
    task: (stage, partition, roots) => new StageTaskTracer(tracer, stage, partition, roots),
    ...enriching(tracer),
    async [Symbol.asyncDispose]() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, lastMs);
      await Promise.race([processor.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}

/** Enrichers work at the same time on several events: the context goes with the work. */
function enriching(tracer: Tracer): Pick<Tracing, 'enrich' | 'carried'> {
  const carried = new AsyncLocalStorage<TraceParent>();
  return {
    carried: () => carried.getStore(),
    async enrich(enricher, event, work) {
      const parent = parseTraceParent(event.parent);
      if (!parent) return work();
      const span = tracer.startSpan(
        `${enricher} ${event.topic.name}`,
        {
          kind: SpanKind.CONSUMER,
          attributes: { 'millrace.enricher': enricher, ...attributesOf(event) },
        },
        within(parent),
      );
      try {
        return await carried.run(formatTraceParent(span.spanContext()), work);
      } catch (error) {
        failed(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
  };
}
