// Spans of one task: one for each event that is in a trace, from its step to the end of its transaction.
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { HandledEvent, TaskTracer, TraceParent } from '../../streams/engine/tracing.ts';
import { formatTraceParent, parseTraceParent } from './trace-parent.ts';

/** What is handled: an event, or what time has ended. */
type Handled = HandledEvent | 'advance';

export class StageTaskTracer implements TaskTracer {
  private readonly tracer: Tracer;
  private readonly stage: string;
  private readonly roots: ReadonlySet<AnyTopic>;
  private readonly attributes: Attributes;
  private readonly contexts = new Map<string, TraceParent>();
  private handled: Handled = 'advance';
  private span: Span | undefined;
  /** Spans whose transaction is not sealed yet. */
  private open: Span[] = [];

  constructor(tracer: Tracer, stage: string, partition: number, roots: readonly AnyTopic[]) {
    this.tracer = tracer;
    this.stage = stage;
    this.roots = new Set(roots);
    this.attributes = {
      'millrace.stage': stage,
      'messaging.system': 'kafka',
      'messaging.destination.partition.id': String(partition),
    };
  }

  begin(event: HandledEvent): void {
    this.handled = event;
    this.span = undefined;
    const parent = parseTraceParent(event.parent);
    if (parent || this.roots.has(event.topic)) this.start(parent);
  }

  beginAdvance(): void {
    this.handled = 'advance';
    this.span = undefined;
  }

  remember(key: string): void {
    if (this.span) this.contexts.set(key, formatTraceParent(this.span.spanContext()));
  }

  recall(key: string): void {
    // Each window that time has closed is a matter of its own.
    if (this.handled === 'advance') this.span = undefined;
    const known = parseTraceParent(this.contexts.get(key));
    const now = this.span?.spanContext();
    if (known && known.traceId !== now?.traceId) this.start(known, now);
  }

  output(topic: AnyTopic): TraceParent | undefined {
    if (!this.span) return undefined;
    this.span.addEvent(`write ${topic.name}`);
    return formatTraceParent(this.span.spanContext());
  }

  contextOf(key: string): TraceParent | undefined {
    return this.contexts.get(key);
  }

  restore(key: string, context: TraceParent | undefined): void {
    if (context === undefined) this.contexts.delete(key);
    else this.contexts.set(key, context);
  }

  seal(): (error?: unknown) => void {
    const spans = this.open;
    this.open = [];
    this.span = undefined;
    const commits = spans.map((span) =>
      this.tracer.startSpan(
        `${this.stage} commit`,
        { kind: SpanKind.PRODUCER, attributes: this.attributes },
        within(span.spanContext()),
      ),
    );
    return (error) => {
      for (const span of [...commits, ...spans]) {
        if (error !== undefined) failed(span, error);
        span.end();
      }
    };
  }

  drop(): void {
    this.open = [];
    this.span = undefined;
  }

  /** @param link another trace that the event is in */
  private start(parent: SpanContext | undefined, link?: SpanContext): void {
    const { handled } = this;
    const about = handled === 'advance' ? 'close' : handled.topic.name;
    const span = this.tracer.startSpan(
      `${this.stage} ${about}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: { ...this.attributes, ...attributesOf(handled) },
        ...(link && { links: [{ context: link }] }),
      },
      within(parent),
    );
    if (handled !== 'advance') this.received(handled, span);
    this.span = span;
    this.open.push(span);
  }

  /** The way of a record through its topic: from the write to the fetch. */
  private received({ topic, writtenAt, fetchedAt }: HandledEvent, span: Span): void {
    if (writtenAt === undefined || fetchedAt === undefined || !span.isRecording()) return;
    const receive = this.tracer.startSpan(
      `receive ${topic.name}`,
      { kind: SpanKind.CONSUMER, startTime: new Date(Math.min(writtenAt, fetchedAt)) },
      within(span.spanContext()),
    );
    receive.end(new Date(fetchedAt));
  }
}

export const within = (parent: SpanContext | undefined): Context =>
  parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;

/** Where an event stands. Its key is not told: it is a user. */
export function attributesOf(handled: Handled): Attributes {
  if (handled === 'advance') return { 'messaging.operation.type': 'process' };
  return {
    'messaging.operation.type': 'process',
    'messaging.destination.name': handled.topic.name,
    ...(handled.offset < 0 ? {} : { 'messaging.kafka.offset': handled.offset }),
  };
}

export function failed(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
