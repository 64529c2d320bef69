// Runs a stage over its inputs once more, in memory: from their first record to the offsets given, merged
// by time as the running one merges them. Nothing is written, no group is joined.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { Merge } from '../../streams/engine/merge.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import type { TableSet } from '../../streams/engine/table.ts';
import { Task } from '../../streams/engine/task.ts';
import { Fetcher } from '../kafka/fetcher.ts';
import { type LeftOut, readLeftOut } from '../kafka/left-out.ts';
import { endsOf } from '../kafka/read-to-end.ts';
import type { Reading } from '../kafka/reading.ts';
import { wasStepped } from '../kafka/task/asked.ts';
import { Taken } from '../kafka/task/taken.ts';
import type { Codecs } from '../registry/registry.ts';

export interface RebuildStreams {
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Prefix of the consumer groups. */
  readonly application: string;
  readonly log: Logger;
}

/** Number of records held of an input above which fetching it pauses. */
const highWater = 4_000;

const limits = { minBytes: 1, maxWaitMs: 100, maxBytes: 32 << 20, maxBytesPerPartition: 4 << 20 };

/** Records between two turns of the event loop. */
const recordsPerTurn = 500;

/**
 * Runs the inputs through a task up to the given offsets, which come next. It emits nothing.
 * @param until next offset of each input of the stage
 * @throws MillraceError `rebuild-incomplete` if the log does not hold all of it any more
 */
export async function runThrough(
  streams: RebuildStreams,
  stage: Stage,
  partition: number,
  until: readonly number[],
  tables: TableSet,
): Promise<Task> {
  const { kafka, log, nameOf, codecs, application } = streams;
  const group = `${application}-${stage.name}`;
  await checkWhole(streams, stage, partition, until);
  const task = new Task(stage, partition, tables);
  task.muted = true;
  const reading = {
    inputs: stage.inputs,
    codecOf: (topic: AnyTopic) => codecs.of(topic),
    learnSchema: async (topic: AnyTopic, value: Buffer) => void (await codecs.decode(topic, value)),
  };
  const leftOut = await whatWasLeftOut(streams, stage, partition);
  const merge = new Merge<Taken>(stage.inputs.length);
  const left = new Set(stage.inputs.keys());
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let news = Promise.withResolvers<void>();
  const readings = stage.inputs.map(
    (topic, input): Reading => ({
      topic: nameOf(topic),
      partition,
      from: 0,
      hasRoom: () => left.has(input) && merge.held(input) < highWater,
      onFetched({ records, next, current }) {
        // What the stage was asked about it has stepped, though its position may lie before that.
        const wanted = records.filter(
          (record) =>
            (record.offset < until[input]! || wasStepped(record, group)) &&
            !leftOut.has(topic.name, record),
        );
        const ended = current && next >= until[input]!;
        merge.offer(
          input,
          wanted.map((record) => new Taken(reading, input, record)),
          ended,
        );
        if (ended) left.delete(input);
        news.resolve();
      },
    }),
  );
  await using fetcher = new Fetcher({ kafka, log, limits, onFailed: failed.reject });
  await fetcher.read(readings);
  for (let turn = 1; ; turn++) {
    await merge.peek()?.record.learn();
    const next = merge.next();
    if (next) step(streams, task, next.record);
    else if (left.size === 0) return task;
    else {
      fetcher.wake();
      await Promise.race([news.promise, failed.promise]);
      news = Promise.withResolvers();
    }
    if (turn % recordsPerTurn === 0) {
      task.seal();
      task.commit();
      fetcher.wake();
      await nextTurn();
    }
  }
}

function step({ nameOf, log }: RebuildStreams, task: Task, taken: Taken): void {
  const { topic, at, error } = taken;
  const { offset } = taken.record;
  if (error === undefined) {
    const metadata = { topic: topic.name, partition: task.partition, offset };
    if (taken.forgets) task.processForgotten(taken.record.key?.toString() ?? '', metadata);
    else task.process(taken.takeEvent(), at, metadata);
    return;
  }
  // The running stage skipped it, too.
  if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
  log.debug({ topic: nameOf(topic), offset, code: error.code }, 'a record is left out');
}

/**
 * What the running stage has left out: by the clock of that moment, or because a step threw. Neither
 * can be judged again.
 */
async function whatWasLeftOut(
  streams: RebuildStreams,
  stage: Stage,
  partition: number,
): Promise<LeftOut> {
  const leftOut = await readLeftOut(streams, stage.name, partition);
  if (leftOut.complete) return leftOut;
  throw new MillraceError({
    code: 'rebuild-incomplete',
    what: `${streams.nameOf(deadLetters)} does not hold its first records any more.`,
    why: `It says which records ${stage.name} has left out, and retention has deleted the beginning.`,
    todo: 'Keep it for as long as the inputs (millrace topics shows their retention).',
  });
}

/** Whether the log still holds everything from the first record to the offsets. */
async function checkWhole(
  { kafka, nameOf }: RebuildStreams,
  stage: Stage,
  partition: number,
  until: readonly number[],
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const topics = stage.inputs.map(nameOf);
  const ends = await endsOf(admin, topics).finally(() => admin.disconnect());
  for (const [input, topic] of topics.entries()) {
    const { low, high } = ends.find((one) => one.topic === topic && one.partition === partition)!;
    const all = until[input] === 0 || (low === 0 && high >= until[input]!);
    if (all) continue;
    throw new MillraceError({
      code: 'rebuild-incomplete',
      what: `${topic}, partition ${partition}, does not hold the records from 0 to ${until[input]} any more.`,
      why: `It begins at ${low} and ends at ${high}: retention has deleted the beginning, or the topic was made anew.`,
      todo: 'Keep the inputs for as long as they shall be rebuilt from (millrace topics shows their retention).',
    });
  }
}
