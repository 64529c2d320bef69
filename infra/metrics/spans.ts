// Spans by what became of them: whether traces can be trusted to be whole.
import { Counter, type Registry } from 'prom-client';

/** @param counts spans so far by outcome: `exported`, `dropped`, `failed` */
export function countSpans(registry: Registry, counts: Readonly<Record<string, number>>): void {
  new Counter({
    name: 'millrace_trace_spans_total',
    help: 'Spans by what became of them: exported, dropped (no room in the queue), failed (the collector did not take them).',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(counts)) this.inc({ outcome }, count);
    },
  });
}
