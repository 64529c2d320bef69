// A task with everything it holds while it is open here: its producer, its runner, what is read for it.
import type { Admin } from 'kafkajs';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { deadLetters } from '../../../schemas/topics/dead-letters.ts';
import { positions } from '../../../schemas/topics/positions.ts';
import { snapshotTable } from '../../../streams/engine/snapshot-table.ts';
import { Task } from '../../../streams/engine/task.ts';
import { type CommittedTask, committedTask, gapsFrom, type InputGap } from '../committed.ts';
import { latestBy } from '../errors-policy.ts';
import { topicMissing } from '../failures.ts';
import { type LeftOut, readLeftOut } from '../left-out.ts';
import type { InputPlace } from '../places.ts';
import { readPositions } from '../positions.ts';
import type { Reading } from '../reading.ts';
import type { StageRunnerOptions } from '../stage-runner-options.ts';
import { TransactionalProducer } from '../transactional-producer.ts';
import type { Asked } from './asked.ts';
import type { StageCounters } from './environment.ts';
import { TaskRunner } from './runner.ts';

export interface OpenTaskOptions extends StageRunnerOptions {
  readonly admin: Admin;
  readonly groupId: string;
  /** What each task reads, by the partition of the task. */
  readonly placesOf: (partition: number) => readonly InputPlace[];
  readonly counters: StageCounters;
  readonly severalBrokers: () => boolean;
  readonly onRoom: () => void;
}

/** Offsets from which a task goes on, and the records it misses. */
interface Start {
  readonly offsets: readonly number[];
  readonly gaps: readonly InputGap[];
  /** What was left out of the records that are read again; undefined if none is. */
  readonly leftOut: LeftOut | undefined;
}

export class OpenTask {
  readonly task: Task;
  readonly runner: TaskRunner;
  /** Whether the task failed while this process had it. */
  failed = false;
  private readonly options: OpenTaskOptions;
  private readonly producer: TransactionalProducer;
  private readonly start: readonly number[];
  private readonly places: readonly InputPlace[];
  private ended: Promise<void> = Promise.resolve();

  private constructor(
    options: OpenTaskOptions,
    task: Task,
    producer: TransactionalProducer,
    committed: CommittedTask,
    { offsets, gaps, leftOut }: Start,
    partitionsOf: (topic: AnyTopic) => number,
  ) {
    const { stage, codecs, policy, clock } = options;
    this.options = options;
    this.task = task;
    this.producer = producer;
    this.places = options.placesOf(task.partition);
    this.start = offsets.map((from, input) => gaps.find((gap) => gap.input === input)?.to ?? from);
    this.runner = new TaskRunner(
      {
        ...options,
        stage: stage.name,
        inputs: this.places.map(({ topic }) => topic),
        partitions: this.places.map((place) => place.partition),
        codecOf: (topic) => codecs.of(topic),
        learnSchema: async (topic, value) => void (await codecs.decode(topic, value)),
        partitionsOf,
        commitEveryMs: stage.commitEveryMs,
        flushOn: stage.flushOn,
        passesOver: stage.passesOver,
        waitForInputsMs: stage.waitForInputsMs ?? 0,
        latest: latestBy(policy, clock),
        leftOut,
        policy,
      },
      task,
      producer,
      this.start,
      committed.offsets,
    );
    for (const gap of gaps) this.runner.missed(gap);
  }

  /**
   * Takes over a task: fences a predecessor, then reads how far it got. The stores must be restored
   * afterwards.
   */
  static async open(options: OpenTaskOptions, partition: number): Promise<OpenTask> {
    const { kafka, application, stage, tables, admin, groupId, instruments, policy, clock } =
      options;
    const { retryForMs } = policy;
    instruments.taskState(stage.name, partition, 'restoring');
    const places = options.placesOf(partition);
    const transactionalId = `${application}-${stage.name}-${partition}`;
    const producer = await TransactionalProducer.takeOver(
      kafka,
      transactionalId,
      retryForMs,
      clock,
    );
    let task: Task | undefined;
    try {
      const partitionsOf = await countPartitions(options, producer);
      const keptIn = partition % partitionsOf(positions);
      const kept = await readPositions({ ...options, retryForMs }, groupId, [keptIn]);
      const position = kept.get(partition);
      const committed = await committedTask(admin, groupId, places, partition, position, clock);
      task = new Task(stage, partition, tables, {
        clock: options.clock.now,
        tracer: options.tracing?.task(stage.name, partition, stage.flushOn),
        openBacking: options.openBacking,
        // A stage with a snapshot reads its past again, and its time with it.
        ...(stage.stores.length > 0 ? { streamTime: committed.streamTime } : {}),
      });
      const offsets = startOf(options, task, committed);
      const gaps = await gapsFrom(admin, places, offsets, clock);
      const again = offsets.some((from, input) => from < committed.offsets[input]!);
      const leftOut = again
        ? await readLeftOut({ ...options, retryForMs }, stage.name, partition)
        : undefined;
      const start = { offsets, gaps, leftOut };
      return new OpenTask(options, task, producer, committed, start, partitionsOf);
    } catch (error) {
      task?.close();
      await producer.close();
      throw error;
    }
  }

  /** Runs the task. Resolves once it is closed; rejects if a transaction fails. */
  run(): Promise<void> {
    const { stage, instruments } = this.options;
    instruments.taskState(stage.name, this.task.partition, 'running');
    this.ended = this.runner.run();
    return this.ended;
  }

  /** See `TaskRunner.ask`. */
  ask(asked: Asked): void {
    this.runner.ask(asked);
  }

  /** The partitions that the fetcher reads for the task. */
  readings(): Reading[] {
    return this.places.map(({ name: topic, partition }, input) => {
      let round = 0;
      return {
        topic,
        partition,
        from: this.start[input]!,
        hasRoom: () => this.runner.inbox.hasRoom(input),
        onFetching: () => {
          round = this.runner.inbox.nextRound();
        },
        onFetched: (fetched) => this.runner.offer(input, fetched, round),
        onGap: (from, to) => this.runner.missed({ input, from, to }),
      };
    });
  }

  /** The input that reads a partition of a topic; −1 if none does. */
  inputOf(topic: string, partition: number): number {
    return this.places.findIndex((one) => one.name === topic && one.partition === partition);
  }

  /**
   * Number of records of an input that are not committed yet; markers count as long as other
   * records wait.
   */
  lag(input: number, end: number): number {
    const { runner } = this;
    const done = runner.idle ? runner.inbox.fetchedOf(input) : runner.committedOf(input);
    return Math.max(0, end - done);
  }

  /** Commits what was stepped, then frees what the task holds. */
  async close(): Promise<void> {
    this.runner.close();
    const { stage, instruments } = this.options;
    const { partition } = this.task;
    // What it failed of has been reported; being fenced by the next owner is in order.
    await this.ended.catch(() => {});
    instruments.taskState(stage.name, partition, this.failed ? 'failed' : 'closed');
    await this.producer.close();
    this.task.close();
  }
}

/**
 * Where a task begins: at what was committed or, for a stage with a snapshot, at what that stands
 * for; without either, at the oldest record there is.
 */
function startOf(
  { stage, tables }: OpenTaskOptions,
  { logic: { snapshot }, partition }: Task,
  { offsets, oldest }: CommittedTask,
): readonly number[] {
  if (!snapshot) return offsets;
  const latest = tables.of(snapshotTable).loadInto(snapshot);
  return stage.inputs.map(({ name }, input) => {
    const of = latest?.offsets.find((one) => one.topic === name && one.partition === partition);
    return of?.offset ?? oldest[input]!;
  });
}

/** Counts the partitions of every topic that the task may write to by key. */
async function countPartitions(
  { stage, nameOf, admin }: OpenTaskOptions,
  producer: TransactionalProducer,
): Promise<(topic: AnyTopic) => number> {
  const there = new Set(await admin.listTopics());
  const written = [...stage.outputs, deadLetters, positions].filter((topic) =>
    there.has(nameOf(topic)),
  );
  const counts = new Map(
    await Promise.all(
      written.map(async (topic) => [topic, await producer.partitionsOf(nameOf(topic))] as const),
    ),
  );
  return (topic) => {
    const count = counts.get(topic);
    if (count) return count;
    throw topicMissing(nameOf(topic), `${stage.name} writes to`);
  };
}
