// Runs a stage in a consumer group: opens a task for each partition it is given, restores it, feeds
// it, and hands it over when the group rebalances.
import type { Admin, Consumer, EachBatchPayload, Kafka, Producer } from 'kafkajs';
import type { Logger } from 'pino';
import { schemaIdOf } from '../../schemas/codec.ts';
import { codeOf, MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stage } from '../../streams/stage.ts';
import type { Tables } from '../../streams/tables/tables.ts';
import { Task } from '../../streams/task.ts';
import type { Codecs } from '../registry/registry.ts';
import { coPartitionAssigner } from './co-partition-assigner.ts';
import { membership, patience } from './connect.ts';
import { onEnds } from './fetch-evidence.ts';
import { restoreStores } from './restore.ts';
import { committedOffsets, takeOver } from './take-over.ts';
import { type CommitLimits, highWater, type StageCounters, TaskRunner } from './task-runner.ts';

export interface StageRunnerOptions {
  readonly kafka: Kafka;
  readonly application: string;
  readonly stage: Stage;
  readonly tables: Tables;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  readonly limits?: Partial<CommitLimits>;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
}

interface OpenTask {
  readonly runner: TaskRunner;
  readonly producer: Producer;
  readonly ended: Promise<void>;
}

const defaults: CommitLimits = { records: 8_000, ms: 300 };

/** One life of a stage: from joining the group to leaving it. A failure ends it; see supervise.ts. */
export class StageRunner {
  readonly counters: StageCounters;
  /** Rejects when a task or the consumer fails. */
  readonly failed: Promise<never>;
  private readonly options: StageRunnerOptions;
  private readonly consumer: Consumer;
  private readonly admin: Admin;
  private readonly groupId: string;
  private readonly topics: readonly string[];
  private readonly tasks = new Map<number, OpenTask>();
  private readonly seen = new Set<string>();
  private brokers = 1;
  private generation = 0;
  private stopped = false;
  private readonly ends: Disposable;
  private readonly positions = new Map<string, bigint>();
  private assigning: Promise<void> = Promise.resolve();
  private fail!: (error: unknown) => void;

  constructor(options: StageRunnerOptions, counters: StageCounters) {
    const { kafka, application, stage, nameOf } = options;
    this.options = options;
    this.counters = counters;
    this.groupId = `${application}-${stage.name}`;
    this.topics = stage.inputs.map(nameOf);
    this.admin = kafka.admin();
    this.consumer = kafka.consumer({
      groupId: this.groupId,
      partitionAssigners: [coPartitionAssigner],
      rebalanceTimeout: 60_000,
      ...membership,
      ...fetching(stage),
      maxBytesPerPartition: 2 << 20,
      maxBytes: 64 << 20,
      retry: patience,
    });
    this.ends = onEnds(this.groupId, (topic, partition) => {
      const input = this.topics.indexOf(topic);
      if (input >= 0) this.tasks.get(partition)?.runner.merge.seenEnd(input);
    });
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    const { consumer } = this;
    await Promise.all([consumer.connect(), this.admin.connect()]);
    this.brokers = (await this.admin.describeCluster()).brokers.length;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
      this.assigned(payload.memberAssignment),
    );
    consumer.on(consumer.events.FETCH_START, ({ payload }) =>
      this.fetchStarted(String(payload.nodeId)),
    );
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.lastOffset === null) return;
      this.positions.set(`${payload.topic}/${payload.partition}`, BigInt(payload.lastOffset) + 1n);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.fail(payload.error);
    });
    await consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 16,
      eachBatch: (payload) => this.batch(payload),
    });
  }

  /** Lets every task finish its transaction, then leaves the group. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.assigning.catch(() => {});
    await this.closeTasks([...this.tasks.keys()]);
    await this.consumer.disconnect();
    await this.admin.disconnect();
    this.ends[Symbol.dispose]();
  }

  /** Records not processed yet, by the ends of the inputs as they are now; 0 when all is committed. */
  async lag(): Promise<number> {
    let lag = 0;
    for (const topic of this.topics) {
      for (const { partition, low, high } of await this.admin.fetchTopicOffsets(topic)) {
        const end = BigInt(high);
        // Ends count transaction markers, which no task sees: the fetched position is past them.
        const fetched = this.positions.get(`${topic}/${partition}`) ?? BigInt(low);
        if (this.tasks.has(partition) && fetched < end) lag += Number(end - fetched);
      }
    }
    for (const { runner } of this.tasks.values()) if (!runner.idle) lag++;
    return this.tasks.size === 0 ? Math.max(1, lag) : lag;
  }

  private assigned(assignment: Record<string, number[]>): void {
    const partitions = [...new Set(Object.values(assignment).flat())].sort((a, b) => a - b);
    // Nothing is fetched before the tasks are restored and say where to start.
    for (const topic of this.topics) this.consumer.pause([{ topic, partitions }]);
    const generation = ++this.generation;
    this.assigning = this.assigning
      .then(() => this.open(partitions, generation))
      .catch((error) => this.fail(error));
  }

  private async open(partitions: readonly number[], generation: number): Promise<void> {
    await this.closeTasks([...this.tasks.keys()]);
    // Another assignment came meanwhile, or the end: this one is history.
    if (this.stopped || generation !== this.generation) return;
    this.seen.clear();
    const { kafka, stage, tables, application, now, log } = this.options;
    if (partitions.length === 0) return;
    const producers = await Promise.all(
      partitions.map((partition) => takeOver(kafka, `${application}-${stage.name}-${partition}`)),
    );
    const tasks = partitions.map((partition) => new Task(stage, partition, tables, { clock: now }));
    await restoreStores({ ...this.options, tasks });
    for (const [i, task] of tasks.entries()) await this.launch(task, producers[i]!);
    if (generation !== this.generation) return;
    for (const topic of this.topics) this.consumer.resume([{ topic, partitions: [...partitions] }]);
    log.info({ stage: stage.name, partitions }, 'tasks are open');
  }

  private async launch(task: Task, producer: Producer): Promise<void> {
    const { stage, tables, codecs, nameOf, limits, now } = this.options;
    const committed = await committedOffsets(this.admin, this.groupId, this.topics, task.partition);
    const start = [...committed];
    const { snapshot } = task.logic;
    if (snapshot) {
      const latest = tables.policies.latest(snapshot.policy);
      snapshot.load(latest?.bytes);
      for (const [input, topic] of stage.inputs.entries()) {
        const at = latest?.offsets.find(
          (one) => one.topic === topic.name && one.partition === task.partition,
        );
        start[input] = at?.offset ?? 0;
      }
    }
    const runner = new TaskRunner(
      {
        groupId: this.groupId,
        inputs: stage.inputs,
        codecOf: (topic) => codecs.of(topic),
        nameOf,
        limits: { ...defaults, ...limits },
        commitEveryMs: stage.commitEveryMs,
        promptInputs: stage.promptInputs,
        now,
        counters: this.counters,
        severalBrokers: this.brokers > 1,
        onRoom: (runner, input) => {
          if (this.tasks.get(task.partition)?.runner !== runner) return;
          this.pause(input, task.partition, false);
        },
      },
      task,
      producer,
      start,
    );
    for (const [input, topic] of this.topics.entries()) {
      runner.muteBelow(input, committed[input]!);
      const { partition } = task;
      this.consumer.seek({ topic, partition, offset: String(start[input]!) });
      this.positions.set(`${topic}/${partition}`, BigInt(start[input]!));
    }
    const ended = runner.run();
    this.tasks.set(task.partition, { runner, producer, ended });
    // A task that was handed over may find itself fenced by its next owner: that is in order.
    ended.catch((error) => {
      if (this.tasks.get(task.partition)?.runner === runner) this.fail(error);
    });
  }

  private async batch({ batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    // Fetched before a task's seek: not what the task begins with.
    if (isStale()) return;
    const input = this.topics.indexOf(batch.topic);
    const open = this.tasks.get(batch.partition);
    if (!open || input < 0 || batch.messages.length === 0) return;
    await this.learnSchemas(this.options.stage.inputs[input]!, batch.messages);
    const atEnd = BigInt(batch.lastOffset()) + 1n >= BigInt(batch.highWatermark);
    open.runner.offer(input, batch.messages, atEnd);
    resolveOffset(batch.messages.at(-1)!.offset);
    if (open.runner.merge.held(input) >= highWater) this.pause(input, batch.partition, true);
  }

  /** Asks the registry for the schemas of other writers before their records' turn comes. */
  private async learnSchemas(
    topic: AnyTopic,
    messages: EachBatchPayload['batch']['messages'],
  ): Promise<void> {
    const codec = this.options.codecs.of(topic);
    for (const { value } of messages) {
      if (!value || value.length < 5 || value[0] !== 0 || codec.knows(schemaIdOf(value))) continue;
      // A record that stays unreadable is skipped with its reason when its turn comes; a registry
      // that does not answer is asked again, and nothing is skipped for that.
      await this.options.codecs.decode(topic, value).catch((error: unknown) => {
        if (codeOf(error) === 'registry-unreachable') throw error;
      });
    }
  }

  private pause(input: number, partition: number, paused: boolean): void {
    const topic = this.topics[input]!;
    if (paused) this.consumer.pause([{ topic, partitions: [partition] }]);
    else this.consumer.resume([{ topic, partitions: [partition] }]);
  }

  /** The client begins a fetch only when everything the last one brought has been handed over. */
  private fetchStarted(nodeId: string): void {
    this.seen.add(nodeId);
    if (this.brokers > 1 && this.seen.size < this.brokers) return;
    this.seen.clear();
    for (const { runner } of this.tasks.values()) runner.nextRound();
  }

  private async closeTasks(partitions: readonly number[]): Promise<void> {
    const closing = partitions.map((partition) => this.tasks.get(partition)!);
    for (const partition of partitions) this.tasks.delete(partition);
    for (const { runner } of closing) runner.close();
    await Promise.all(
      closing.map(async ({ ended, producer }) => {
        await ended.catch(() => {}); // already reported by `failed`
        await producer.disconnect();
      }),
    );
  }
}

/** Where nobody waits there is no use in many small fetches, each of which costs the broker. */
function fetching({ commitEveryMs, promptInputs }: Stage) {
  return promptInputs.length > 0
    ? { minBytes: 1, maxWaitTimeInMs: 100 }
    : { minBytes: 1 << 20, maxWaitTimeInMs: Math.max(1, commitEveryMs) };
}

export function stageFailed(stage: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'stage-failed',
    what: `The stage ${stage} could not go on.`,
    why: cause instanceof Error ? cause.message : String(cause),
    todo: 'Nothing is lost: what it had not committed is read again at the next start.',
    cause,
  });
}
