// Runs a topology on Kafka in this process: its tables, its stages and its enrichers.
import '../../streams/engine/disposable-stack.ts';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { OpenBacking } from '../../streams/engine/store.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { type Topology, tableDefsOf } from '../../streams/engine/topology.ts';
import type { TraceParent, Tracing } from '../../streams/engine/tracing.ts';
import type { Codecs } from '../registry/registry.ts';
import { type Clock, systemClock } from './clock.ts';
import { EnricherRunner } from './enricher/runner.ts';
import { defaultErrorPolicy, type ErrorPolicy } from './errors-policy.ts';
import { type Instruments, noInstruments } from './instruments.ts';
import type { Lag } from './stage-runner.ts';
import { SupervisedStage } from './supervise.ts';
import { keepTables } from './table-keeper.ts';
import type { Answered } from './task/asked.ts';
import { type CommitLimits, defaultLimits } from './task/environment.ts';
import { defaultTiming, type MembershipTiming } from './timing.ts';

export interface PipelineOptions {
  readonly kafka: Kafka;
  /** Prefix of every consumer group and transactional id. */
  readonly application: string;
  readonly topology: Topology;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  /** @default the time of the machine */
  readonly clock?: Clock | undefined;
  readonly limits?: Partial<CommitLimits> | undefined;
  readonly policy?: Partial<ErrorPolicy> | undefined;
  readonly timing?: Partial<MembershipTiming> | undefined;
  /** Name under which this process comes back to its groups after a restart without a rebalance. */
  readonly instanceId?: string | undefined;
  readonly instruments?: Instruments | undefined;
  /** Called with each output of a stage that is durable. @default nobody looks */
  readonly onOutput?: ((topic: AnyTopic, event: unknown) => void) | undefined;
  /** Follows events from one topic to the next. @default nobody does */
  readonly tracing?: Tracing | undefined;
  /** Opens the storage of state. @default in memory */
  readonly openBacking?: OpenBacking | undefined;
  /** Called when an enricher has handled an event and its results are written. */
  readonly onEnriched?: (enricher: string, topic: AnyTopic, event: unknown) => void;
}

export class Pipeline implements AsyncDisposable {
  /** The global tables of the topology. */
  readonly tables: TableSet;
  readonly stages: readonly SupervisedStage[];
  readonly enrichers: readonly EnricherRunner[];
  /** Rejects when something failed that no restart mends. */
  readonly failed: Promise<never>;
  private readonly options: PipelineOptions;
  private readonly clock: Clock;
  private readonly resources = new AsyncDisposableStack();
  private address: string | undefined;
  private fail!: (error: unknown) => void;

  constructor(options: PipelineOptions) {
    const { topology, onEnriched } = options;
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    this.tables = new TableSet(tableDefsOf(topology));
    const shared = {
      ...options,
      clock: this.clock,
      tables: this.tables,
      instruments: options.instruments ?? noInstruments,
      address: () => this.address,
      limits: { ...defaultLimits, ...options.limits },
      policy: { ...defaultErrorPolicy, ...options.policy },
      timing: { ...defaultTiming, ...options.timing },
    };
    this.stages = topology.stages.map((stage) => new SupervisedStage({ ...shared, stage }));
    this.enrichers = topology.enrichers.map(
      (def) =>
        new EnricherRunner({
          ...shared,
          def,
          onFailed: (error) => this.fail(error),
          onHandled: (topic, event) => onEnriched?.(def.name, topic, event),
        }),
    );
  }

  /** Tells the groups, when they are joined, the address at which this process can be asked. */
  advertise(address: string): void {
    this.address = address;
  }

  async start(): Promise<void> {
    const onCrash = (error: unknown) => this.fail(error);
    this.resources.use(await keepTables({ ...this.options, tables: this.tables, onCrash }));
    // All leave together: each waits for its last fetch, and the sum would be felt. Registered before
    // they start, so that one that fails does not leave the others behind.
    const parts = [...this.stages, ...this.enrichers];
    this.resources.defer(async () => {
      await Promise.allSettled(parts.map((part) => part[Symbol.asyncDispose]()));
    });
    await Promise.all([
      ...this.stages.map((stage) => stage.start((error) => this.fail(error))),
      ...this.enrichers.map((enricher) => enricher.start()),
    ]);
  }

  /**
   * Steps an event of a stage's input at once and waits until what comes of it is durable.
   * @param withinMs deadline, ms from now. @default none
   * @param parent context of the event in a trace. @default one of its own
   * @returns what the stage replied; at the deadline also what is not durable yet
   * @throws MillraceError `stage-unknown`, and as `StageRunner.ask`
   */
  async ask<T extends AnyTopic>(
    stage: string,
    topic: T,
    event: EventOf<T>,
    withinMs?: number,
    parent?: TraceParent,
  ): Promise<Answered> {
    const found = this.stages.find(({ name }) => name === stage);
    if (found) return await found.ask(topic, event, withinMs, parent);
    throw new MillraceError({
      code: 'stage-unknown',
      what: `No stage ${stage} runs here.`,
      todo: `Ask one of ${this.stages.map(({ name }) => name).join(', ')}.`,
    });
  }

  /** Number of records not processed yet, for the tasks that run here. */
  async lags(): Promise<Lag[]> {
    return (await Promise.all(this.stages.map((stage) => stage.lags()))).flat();
  }

  /**
   * Resolves once everything written so far has been processed and committed, twice in a row, or when
   * the signal aborts.
   * @param without names of stages and enrichers that are not waited for
   */
  async settled(signal?: AbortSignal, without: readonly string[] = []): Promise<void> {
    const parts = [...this.stages, ...this.enrichers].filter(({ name }) => !without.includes(name));
    for (let quiet = 0; quiet < 2 && !signal?.aborted; ) {
      const lags = await Promise.race([Promise.all(parts.map((part) => part.lag())), this.failed]);
      quiet = lags.every((lag) => lag === 0) ? quiet + 1 : 0;
      await this.clock.sleep(quiet > 0 ? 50 : 150);
    }
  }

  /** Lets every task commit what it holds, then leaves the groups. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}
