// Runs a stage as a member of its group: opens a task for each partition it is given, restores it, feeds
// it, and closes it when the group gives the partition to another member. Tasks it keeps go on meanwhile.
import type { Admin } from 'kafkajs';
import { eventAhead } from '../../schemas/border.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { positions } from '../../schemas/topics/positions.ts';
import type { TraceParent } from '../../streams/engine/tracing.ts';
import { latestBy } from './errors-policy.ts';
import { askedElsewhere, askUnsupported, tooLarge, topicMissing } from './failures.ts';
import { fetching } from './fetch-limits.ts';
import { Fetcher } from './fetcher.ts';
import { Membership } from './membership.ts';
import { gathered, placesOf } from './places.ts';
import { endsOf } from './read-to-end.ts';
import { restoreStores } from './restore.ts';
import type { StageRunnerOptions } from './stage-runner-options.ts';
import { type Answered, Asked } from './task/asked.ts';
import type { StageCounters } from './task/environment.ts';
import { OpenTask } from './task/open-task.ts';
import { partitionOf } from './wire/murmur2.ts';

/** Pause between two looks whether a task is stuck, ms. */
const stuckLookMs = 1_000;

export interface Lag {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  /** Offsets between what was processed and the end. */
  readonly lag: number;
}

/**
 * One run of a stage, from joining the group to leaving it. A failure ends it, and supervise.ts
 * begins the next.
 */
export class StageRunner {
  /** Rejects when a task or the membership fails. */
  readonly failed: Promise<never>;
  private readonly options: StageRunnerOptions;
  private readonly counters: StageCounters;
  private readonly membership: Membership;
  private readonly fetcher: Fetcher;
  private readonly admin: Admin;
  private readonly groupId: string;
  private readonly topics: readonly string[];
  private readonly tasks = new Map<number, OpenTask>();
  /** Number of partitions of each input. */
  private counts: readonly number[] = [];
  private generation = 0;
  private memberId: string | undefined;
  private stopped = false;
  private assigning: Promise<void> = Promise.resolve();
  private endWatch = () => {};
  private fail!: (error: unknown) => void;

  constructor(options: StageRunnerOptions, counters: StageCounters) {
    const { kafka, application, stage, nameOf, log, timing, instanceId, address, clock } = options;
    this.options = options;
    this.counters = counters;
    this.groupId = `${application}-${stage.name}`;
    this.topics = stage.inputs.map(nameOf);
    this.admin = kafka.admin();
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    this.fetcher = new Fetcher({
      kafka,
      log,
      limits: fetching(stage),
      retryForMs: options.policy.retryForMs,
      clock,
      onFailed: this.fail,
    });
    this.membership = new Membership({
      kafka,
      groupId: this.groupId,
      topics: this.topics,
      timing,
      instanceId,
      address,
      gathers: stage.gathers,
      owned: () => [...this.tasks.keys()],
      onAssigned: (...assignment) => this.assigned(...assignment),
      onFailed: this.fail,
    });
  }

  async start(): Promise<void> {
    await this.admin.connect();
    await this.lookForTopics();
    this.counts = await this.countPartitions();
    this.endWatch = this.options.clock.every(stuckLookMs, () => this.lookForStuck());
    await this.membership.join();
  }

  /** Lets every task finish its transaction, then leaves the group. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.endWatch();
    await this.assigning.catch(() => {});
    await this.close([...this.tasks.keys()]);
    await this.fetcher[Symbol.asyncDispose]();
    await this.membership.leave();
    await this.admin.disconnect();
  }

  /** Partitions whose tasks run here. */
  get running(): readonly number[] {
    return [...this.tasks.keys()];
  }

  /**
   * Steps an event of an input at once, in the task of its key's partition, see `Asked`.
   * @param withinMs deadline, ms from now. @default none
   * @param parent context of the event in a trace. @default one of its own
   * @returns what the stage replied, once the event and what came of it are committed, or at the deadline
   * @throws MillraceError `asked-elsewhere` where another member has the partition, `ask-interrupted`,
   * `ask-late`, `ask-unsupported`, `event-invalid`, `event-ahead`, `record-too-large`
   */
  async ask(
    topic: AnyTopic,
    event: unknown,
    withinMs?: number,
    parent?: TraceParent,
  ): Promise<Answered> {
    const { stage, codecs, clock, policy, instruments, tracing } = this.options;
    if (!stage.inputs.includes(topic)) throw askUnsupported(stage.name, topic);
    const key = topic.keyOf(event);
    const partition = partitionOf(Buffer.from(key), Math.max(...this.counts));
    const task = this.tasks.get(partition);
    if (!task) throw askedElsewhere(stage.name, partition);
    if (task.task.logic.snapshot) throw askUnsupported(stage.name, topic);
    const codec = codecs.of(topic);
    const value = codec.encode(event);
    const bytes = Buffer.byteLength(key) + value.length + this.groupId.length;
    if (bytes > policy.maxRecordBytes)
      throw tooLarge(topic.name, key, bytes, policy.maxRecordBytes);
    const latest = latestBy(policy, clock)(topic);
    const asked = new Asked(topic, codec.take({ key, value }), (outcome) =>
      instruments.asked(stage.name, outcome),
    );
    asked.parent = tracing && (parent ?? tracing.carried());
    if (asked.at > latest) throw eventAhead(topic, asked.at, latest);
    if (withinMs !== undefined) asked.within(withinMs, clock);
    task.ask(asked);
    return await asked.answer;
  }

  /**
   * Number of records not processed yet in the tasks that run here, by the ends of the inputs as
   * they are now.
   */
  async lags(): Promise<Lag[]> {
    const ends = await endsOf(this.admin, this.topics, this.options.clock);
    return ends.flatMap(({ topic, partition, high }) => {
      const task = this.tasks.get(this.options.stage.gathers ? gathered : partition);
      const input = task?.inputOf(topic, partition) ?? -1;
      if (!task || input < 0) return [];
      return [{ stage: this.options.stage.name, topic, partition, lag: task.lag(input, high) }];
    });
  }

  /** 0 once every record of the tasks here is committed; 1 or more before, and while there are none. */
  async lag(): Promise<number> {
    const lags = await this.lags();
    if (this.tasks.size === 0) return 1;
    const open = [...this.tasks.values()].filter(({ runner }) => !runner.idle).length;
    return lags.reduce((sum, { lag }) => sum + lag, open);
  }

  /** Fails if an input topic is not there; the client would wait for it. */
  private async lookForTopics(): Promise<void> {
    const { stage, nameOf } = this.options;
    const there = new Set(await this.admin.listTopics());
    const wanted = [
      ...stage.inputs.map(
        (topic) => [nameOf(topic), `${stage.name} reads`, topic.foreign !== undefined] as const,
      ),
      ...stage.stores.map((store) => [nameOf(store.changelog), `keeps ${store.name}`] as const),
      [nameOf(positions), `keeps how far ${stage.name} has come`] as const,
    ];
    for (const [topic, use, foreign] of wanted)
      if (!there.has(topic)) throw topicMissing(topic, use, foreign);
  }

  private async countPartitions(): Promise<number[]> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [...this.topics] });
    return this.topics.map((topic) => topics.find(({ name }) => name === topic)!.partitions.length);
  }

  private assigned(partitions: readonly number[], memberId: string): void {
    const generation = ++this.generation;
    // Tasks that others may have had in the meantime are opened anew: their state may be old.
    const isSame = memberId === (this.memberId ?? memberId);
    // A topic of another system may have more partitions than before: the task that gathers is opened anew.
    const kept = isSame && !this.options.stage.gathers ? partitions : [];
    this.memberId = memberId;
    this.options.instruments.rebalanced(this.options.stage.name);
    this.assigning = this.assigning
      .then(() => this.reconcile(partitions, kept, generation))
      .catch((error) => this.fail(error));
  }

  /** @param kept partitions whose tasks go on, where they run here */
  private async reconcile(
    partitions: readonly number[],
    kept: readonly number[],
    generation: number,
  ): Promise<void> {
    await this.close([...this.tasks.keys()].filter((one) => !kept.includes(one)));
    // Another assignment came meanwhile, or the end: this one is history.
    if (this.stopped || generation !== this.generation) return;
    const opening = partitions.filter((partition) => !this.tasks.has(partition));
    if (opening.length === 0) return;
    const { stage, log } = this.options;
    if (stage.gathers) this.counts = await this.countPartitions();
    const opened = await this.open(opening);
    for (const task of opened) this.begin(task);
    await this.fetcher.read(opened.flatMap((task) => task.readings()));
    log.info({ stage: stage.name, partitions: opening }, 'tasks are open');
  }

  /**
   * Opens and restores the tasks of partitions, taking over from whoever had them. If one cannot be
   * had, none is kept.
   */
  private async open(partitions: readonly number[]): Promise<OpenTask[]> {
    const { stage, nameOf } = this.options;
    const opening = await Promise.allSettled(
      partitions.map((partition) =>
        OpenTask.open(
          {
            ...this.options,
            admin: this.admin,
            groupId: this.groupId,
            placesOf: (of) => placesOf(stage, this.counts, nameOf, of),
            counters: this.counters,
            severalBrokers: () => this.fetcher.fromSeveral,
            onRoom: () => this.fetcher.wake(),
          },
          partition,
        ),
      ),
    );
    const opened = opening.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    try {
      const failed = opening.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
      await restoreStores({ ...this.options, tasks: opened.map(({ task }) => task) });
      return opened;
    } catch (error) {
      await Promise.all(opened.map((task) => task.close()));
      throw error;
    }
  }

  private begin(task: OpenTask): void {
    const { partition } = task.task;
    this.tasks.set(partition, task);
    // A task that was handed over may find itself fenced by its next owner: that is in order.
    task.run().catch((error) => {
      if (this.tasks.get(partition) !== task) return;
      task.failed = true;
      this.fail(error);
    });
  }

  private async close(partitions: readonly number[]): Promise<void> {
    const closing = partitions.map((partition) => this.tasks.get(partition)!);
    for (const partition of partitions) this.tasks.delete(partition);
    for (const task of closing) this.fetcher.forget(task.readings());
    await Promise.all(closing.map((task) => task.close()));
  }

  private lookForStuck(): void {
    const { stage, policy } = this.options;
    for (const [partition, { runner }] of this.tasks) {
      if (runner.stuckMs < policy.stuckAfterMs) continue;
      this.fail(
        new MillraceError({
          code: 'task-stuck',
          what: `The task ${stage.name}/${partition} has had records for ${Math.round(runner.stuckMs)} ms without getting on.`,
          why: 'A transaction does not end, or an input it must wait for does not answer.',
          todo: 'Look at the broker and its logs; the task begins anew from what was committed.',
          remedy: 'retry',
        }),
      );
    }
  }
}
