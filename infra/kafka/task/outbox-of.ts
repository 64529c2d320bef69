// Puts together what one transaction of a task writes: outputs, dead letters, and changes of its
// stores.
import { codeOf } from '../../../schemas/errors.ts';
import { type Position, positions } from '../../../schemas/topics/positions.ts';
import { unwrittenOf } from '../../../streams/engine/dead-letter.ts';
import { keyOf, type Output, type Sealed, type Task } from '../../../streams/engine/task.ts';
import { Outbox } from '../outbox.ts';
import { noHeaders } from '../wire/batch-writer.ts';
import { type Asked, steppedBy } from './asked.ts';
import type { TaskEnvironment } from './environment.ts';
import { tracedBy } from './traced.ts';

/** What a transaction of a task carries beside its position. */
export interface Carried extends Sealed {
  readonly dead: readonly Output[];
  readonly asked: readonly Asked[];
}

/**
 * Gathers what a transaction writes.
 * @param position position of the task after the transaction
 * @throws MillraceError `record-too-large` for a change of state, or for an output if the policy is
 * to halt
 */
export function outboxOf(
  env: TaskEnvironment,
  { partition, tracer }: Task,
  { outputs, changelog, dead, asked }: Carried,
  position: Position,
): Outbox {
  const { codecOf, nameOf, partitionsOf, policy, passesOver } = env;
  const outbox = new Outbox(policy.maxRecordBytes, position.at);
  const header = steppedBy(env.groupId);
  const add = (output: Output) => {
    const { topic, event } = output;
    const where = { of: partitionsOf(topic) };
    const own = passesOver?.includes(topic) ? [header] : [];
    const headers = [...own, ...tracedBy(output.trace)];
    outbox.add(nameOf(topic), where, keyOf(output), codecOf(topic), event, headers);
  };
  for (const output of outputs) {
    try {
      add(output);
    } catch (error) {
      if (codeOf(error) !== 'record-too-large' || policy.oversized === 'halt') throw error;
      add(unwritten(env, partition, output, error));
    }
  }
  for (const record of dead) add(record);
  for (const { topic, event, carried } of asked) {
    const headers = [header, ...tracedBy(carried)];
    outbox.add(nameOf(topic), { partition }, topic.keyOf(event), codecOf(topic), event, headers);
  }
  for (const { store, changes } of changelog) {
    const topic = store.changelog;
    const name = nameOf(topic);
    const codec = codecOf(topic);
    for (const [key, value] of changes) {
      const headers = tracer ? tracedBy(tracer.contextOf(key)) : noHeaders;
      outbox.add(name, { partition }, key, codec, value, headers);
      if (value === null) tracer?.restore(key, undefined);
    }
  }
  const key = positions.keyOf(position);
  // A topic of another system may have more partitions than ours.
  const own = { partition: partition % partitionsOf(positions) };
  outbox.add(nameOf(positions), own, key, codecOf(positions), position);
  return outbox;
}

/** The dead letter of an output that is too large; it is counted as skipped. */
function unwritten(
  { counters, instruments, stage, codecOf, policy }: TaskEnvironment,
  partition: number,
  { topic, event }: Output,
  error: unknown,
): Output {
  counters.skipped++;
  instruments.skipped(stage, codeOf(error));
  const data = codecOf(topic).encode(event);
  return unwrittenOf({ topic, partition, by: stage }, event, data, error, policy.maxRecordBytes);
}
