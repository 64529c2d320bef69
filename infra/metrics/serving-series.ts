// The series of the HTTP interface's way to the members that serve.
import { Counter, type Registry } from 'prom-client';

export type ServingSeries = ReturnType<typeof servingSeries>;

/** Makes the series; they begin at 0. */
export function servingSeries(registry: Registry) {
  const registers = [registry];
  const forwarded = new Counter({
    name: 'millrace_forwarded_requests_total',
    help: 'Calls handed on to the member that has the partition, by what became of them: answered, refused, unreachable.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['answered', 'refused', 'unreachable']) forwarded.inc({ outcome }, 0);
  const fallbacks = new Counter({
    name: 'millrace_fallbacks_total',
    help: 'Requests that no member decided in time: answered with what is popular, and not logged.',
    registers,
  });
  return { forwarded, fallbacks };
}
