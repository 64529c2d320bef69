// Series of what stands beside the stages: decisions, enrichers, language models, SQL, ClickHouse, snapshots.
// They are read at the scrape; what cannot be had in time is absent then.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface WatchedEnricher {
  readonly name: string;
  readonly running: boolean;
  /** Number of events handled since the start. */
  readonly processed: number;
  /** Number of events that wait; undefined if it is not known. */
  readonly lag: number | undefined;
}

export interface WatchedModel {
  readonly model: string;
  readonly queued: number;
  /** Number of jobs by what became of them. */
  readonly jobs: Readonly<Record<string, number>>;
  readonly busyMs: number;
  /** Tokens of its generations, by what they are of: the prompt, or the text that was generated. */
  readonly tokens: Readonly<Record<string, number>>;
}

/** What is read at a scrape. */
export interface Watched {
  readonly enrichers?: (() => Promise<readonly WatchedEnricher[]>) | undefined;
  readonly models?: (() => readonly WatchedModel[]) | undefined;
  /** Records of each topic that ClickHouse has not read yet. */
  readonly clickhouse?:
    | (() => Promise<readonly { readonly topic: string; readonly lag: number }[]>)
    | undefined;
  /** Kinds of rules, each with each outcome there is: their counts begin at 0. */
  readonly ruleEffects?: readonly (readonly [kind: string, outcome: string])[] | undefined;
  /** Number of snapshots that could not be used. */
  readonly unusableSnapshots?: (() => number) | undefined;
}

/** Upper bounds of decisions and answers, s. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Classes of the answers of the SQL endpoint, whose counts begin at 0. */
const statusClasses = ['2xx', '4xx', '5xx'];

/** Longest time a scrape waits for a part, ms. */
const withinMs = 2_000;

export interface PartSeries {
  /** Counts a decision that is durable. */
  decided(variant: string, tier: string, seconds: number): void;
  /** Counts what a rule did to a decision that is durable. */
  ruled(kind: string, outcome: string): void;
  /** Counts an answer of the SQL endpoint. @param status of HTTP */
  answered(status: number, seconds: number): void;
}

export function createPartSeries(registry: Registry, watched: Watched): PartSeries {
  const registers = [registry];
  const decisions = new Histogram({
    name: 'millrace_decision_seconds',
    help: 'Time a slate took to decide, by variant and tier.',
    labelNames: ['variant', 'tier'],
    buckets,
    registers,
  });
  const rules = new Counter({
    name: 'millrace_rule_effects_total',
    help: 'Rules of the shop that a decision was in the scope of, by kind and by what came of them: acted, idle, heldOut, lost, unmet.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  for (const [kind, outcome] of watched.ruleEffects ?? []) rules.inc({ kind, outcome }, 0);
  const sql = new Histogram({
    name: 'millrace_sql_request_seconds',
    help: 'Time an answer of the SQL endpoint took, by the class of its status.',
    labelNames: ['status'],
    buckets,
    registers,
  });
  for (const status of statusClasses) sql.zero({ status });
  createEnricherSeries(registers, watched);
  createModelSeries(registers, watched);
  new Gauge({
    name: 'millrace_clickhouse_lag_records',
    help: 'Records of a topic that ClickHouse has not read yet, asked for at the scrape.',
    labelNames: ['topic'],
    registers,
    async collect() {
      this.reset();
      for (const { topic, lag } of await inTime(watched.clickhouse)) this.set({ topic }, lag);
    },
  });
  new Counter({
    name: 'millrace_snapshots_unusable_total',
    help: 'Snapshots that were passed over: not as their hash says, or with numbers that are not finite.',
    registers,
    collect() {
      this.reset();
      this.inc(watched.unusableSnapshots?.() ?? 0);
    },
  });
  return {
    decided: (variant, tier, seconds) => decisions.observe({ variant, tier }, seconds),
    ruled: (kind, outcome) => rules.inc({ kind, outcome }),
    answered: (status, seconds) =>
      sql.observe({ status: `${Math.floor(status / 100)}xx` }, seconds),
  };
}

function createEnricherSeries(registers: Registry[], watched: Watched): void {
  const labelNames = ['enricher'];
  new Counter({
    name: 'millrace_enricher_events_total',
    help: 'Events that an enricher has handled.',
    labelNames,
    registers,
    async collect() {
      const all = await inTime(watched.enrichers);
      this.reset();
      for (const { name, processed } of all) this.inc({ enricher: name }, processed);
    },
  });
  new Gauge({
    name: 'millrace_enricher_lag_events',
    help: 'Events that an enricher has not handled yet, asked for at the scrape.',
    labelNames,
    registers,
    async collect() {
      const all = await inTime(watched.enrichers);
      this.reset();
      for (const { name, lag } of all) if (lag !== undefined) this.set({ enricher: name }, lag);
    },
  });
  new Gauge({
    name: 'millrace_enricher_up',
    help: '1 while an enricher takes events, 0 once it has stopped or failed.',
    labelNames,
    registers,
    async collect() {
      const all = await inTime(watched.enrichers);
      this.reset();
      for (const { name, running } of all) this.set({ enricher: name }, running ? 1 : 0);
    },
  });
}

function createModelSeries(registers: Registry[], { models = () => [] }: Watched): void {
  new Gauge({
    name: 'millrace_llm_queue_jobs',
    help: 'Jobs that wait for a language model.',
    labelNames: ['model'],
    registers,
    collect() {
      this.reset();
      for (const { model, queued } of models()) this.set({ model }, queued);
    },
  });
  new Counter({
    name: 'millrace_llm_jobs_total',
    help: 'Jobs of a language model by what became of them: done; shed because of the deadline, full (no room in the queue), closed, failed.',
    labelNames: ['model', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { model, jobs } of models()) {
        for (const [outcome, count] of Object.entries(jobs)) this.inc({ model, outcome }, count);
      }
    },
  });
  new Counter({
    name: 'millrace_llm_tokens_total',
    help: 'Tokens of the texts that a language model generated: of the prompt, and generated. Embeddings and scores are not counted.',
    labelNames: ['model', 'of'],
    registers,
    collect() {
      this.reset();
      for (const { model, tokens } of models()) {
        for (const [of, count] of Object.entries(tokens)) this.inc({ model, of }, count);
      }
    },
  });
  new Counter({
    name: 'millrace_llm_busy_seconds_total',
    help: 'Time that a language model has computed.',
    labelNames: ['model'],
    registers,
    collect() {
      this.reset();
      for (const { model, busyMs } of models()) this.inc({ model }, busyMs / 1000);
    },
  });
}

/** What a part says in time; nothing if it does not. */
async function inTime<T>(ask: (() => Promise<readonly T[]>) | undefined): Promise<readonly T[]> {
  if (!ask) return [];
  const { promise: late, resolve } = Promise.withResolvers<readonly T[]>();
  const timer = setTimeout(() => resolve([]), withinMs);
  try {
    return await Promise.race([ask().catch(() => []), late]);
  } finally {
    clearTimeout(timer);
  }
}
