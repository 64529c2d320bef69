// Sends ended spans in batches, one at a time, from a queue with a bound: a collector that is slow or away
// costs spans, which are counted, and neither time nor memory of the streams.
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

export interface SpanCounts {
  /** Number of spans that the collector has taken. */
  exported: number;
  /** Number of spans for which there was no room. */
  dropped: number;
  /** Number of spans that could not be sent. */
  failed: number;
}

export interface BoundedOptions {
  /** Number of spans that wait at most. @default 4096 */
  readonly capacity?: number;
  /** Number of spans sent at once. @default 512 */
  readonly batch?: number;
  /** Time between two looks at the queue, ms. @default 1000 */
  readonly everyMs?: number;
}

/** Code of a result that is good (`ExportResultCode.SUCCESS`). */
const success = 0;

export class BoundedProcessor implements SpanProcessor {
  readonly counts: SpanCounts = { exported: 0, dropped: 0, failed: 0 };
  private readonly exporter: SpanExporter;
  private readonly capacity: number;
  private readonly batch: number;
  private readonly timer: NodeJS.Timeout;
  private waiting: ReadableSpan[] = [];
  private sending: Promise<void> | undefined;

  constructor(
    exporter: SpanExporter,
    { capacity = 4096, batch = 512, everyMs = 1000 }: BoundedOptions = {},
  ) {
    this.exporter = exporter;
    this.capacity = capacity;
    this.batch = batch;
    this.timer = setInterval(() => void this.send(), everyMs);
    this.timer.unref();
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.waiting.length >= this.capacity) this.counts.dropped++;
    else this.waiting.push(span);
    if (this.waiting.length >= this.batch) void this.send();
  }

  /** Sends what waits now. */
  async forceFlush(): Promise<void> {
    await this.sending;
    await this.send();
  }

  async shutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.forceFlush();
    await this.exporter.shutdown();
  }

  /** Sends batches until nothing waits; one that goes out is not joined by another. */
  private send(): Promise<void> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const spans = this.waiting.slice(0, this.batch);
      this.waiting = this.waiting.slice(this.batch);
      const sent = await this.exported(spans);
      this.counts[sent ? 'exported' : 'failed'] += spans.length;
      if (!sent) return; // the next look tries the next ones
    }
  }

  private exported(spans: ReadableSpan[]): Promise<boolean> {
    return new Promise((resolve) => {
      try {
        this.exporter.export(spans, ({ code }) => resolve(code === success));
      } catch {
        resolve(false);
      }
    });
  }
}
