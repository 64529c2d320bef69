// The partitions that a task reads: one of each input, the same of all; or, of a stage that gathers, every one.
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stage } from '../../streams/engine/stage.ts';

/** A partition that a task reads. It is an input of its own: the merge goes over places. */
export interface InputPlace {
  readonly topic: AnyTopic;
  /** Name of the topic on the broker. */
  readonly name: string;
  readonly partition: number;
}

/** The task of a stage that gathers is that of this partition. */
export const gathered = 0;

/**
 * The places of a task.
 * @param counts number of partitions of each input
 * @param partition that of the task
 */
export function placesOf(
  { inputs, gathers }: Pick<Stage, 'inputs' | 'gathers'>,
  counts: readonly number[],
  nameOf: (topic: AnyTopic) => string,
  partition: number,
): InputPlace[] {
  return inputs.flatMap((topic, input) => {
    const read = gathers ? Array.from({ length: counts[input]! }, (_, of) => of) : [partition];
    return read.map((of) => ({ topic, name: nameOf(topic), partition: of }));
  });
}

/**
 * Name under which the position of a task keeps how far it has read a place: that of the topic, with the
 * partition if it is not that of the task.
 */
export function keptAs({ name, partition }: Omit<InputPlace, 'topic'>, task: number): string {
  return partition === task ? name : `${name}/${partition}`;
}
