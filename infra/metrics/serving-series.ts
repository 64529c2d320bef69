// The series of the HTTP interface: what it answers, and its way to the members that serve.
import { Counter, Histogram, type Registry } from 'prom-client';

export type ServingSeries = ReturnType<typeof servingSeries>;

/** Upper bounds of the time of an answer, s: 15 ms is the aim at the median, 60 ms of 99 in 100. */
const answerBuckets = [0.002, 0.005, 0.01, 0.015, 0.025, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the series of the way to the members; they begin at 0. */
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

/** Makes the series of the answers; they begin at 0. @param routes addresses as they are declared */
export function apiSeries(registry: Registry, routes: readonly string[]) {
  const registers = [registry];
  const answered = new Counter({
    name: 'millrace_http_requests_total',
    help: 'Requests to the HTTP interface, by address and status of the answer.',
    labelNames: ['route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'millrace_http_request_seconds',
    help: 'Time from the head of a request to the HTTP interface to the end of its answer.',
    labelNames: ['route'],
    buckets: answerBuckets,
    registers,
  });
  for (const route of routes) {
    answered.inc({ route, status: '200' }, 0);
    seconds.zero({ route });
  }
  const rejected = new Counter({
    name: 'millrace_http_rejected_requests_total',
    help: 'Requests to the HTTP interface beyond a limit: rate (api.ratePerSecond), concurrency (api.concurrency).',
    labelNames: ['limit'],
    registers,
  });
  for (const limit of ['rate', 'concurrency']) rejected.inc({ limit }, 0);
  return { answered, seconds, rejected };
}
