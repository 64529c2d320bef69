// The stage that reads a topic of another system: each row becomes events of ours or a dead letter, in one
// transaction with the position in that topic, so each counts once.
import type { AnyTopic, ForeignRow } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { items } from '../../schemas/topics/items.ts';
import { type Context, defineStage, on, type RecordMetadata, type Stage } from '../engine/stage.ts';

/** What a row becomes. */
export interface RowOutcome {
  readonly events: readonly { readonly topic: AnyTopic; readonly event: unknown }[];
  /** Ids of items that are to be deleted. */
  readonly deleted: readonly string[];
  /** Why it becomes nothing; null for a row that is used, or is to be passed over. */
  readonly refusal: { readonly code: string; readonly what: string; readonly field: string } | null;
}

export interface SourceStageOptions {
  /** Name of the source. */
  readonly name: string;
  readonly topic: AnyTopic;
  /** Topics that its rows become events of. */
  readonly outputs: readonly AnyTopic[];
  /** Whether somebody waits for what comes of a row. */
  readonly prompt: boolean;
  readonly map: (row: ForeignRow['row']) => RowOutcome;
}

export function sourceStage({ name, topic, outputs, prompt, map }: SourceStageOptions): Stage {
  const take = (foreign: ForeignRow, context: Context, record: RecordMetadata) => {
    const { events, deleted, refusal } = map(foreign.row);
    for (const one of events) context.emit(one.topic, one.event);
    for (const itemId of deleted) context.forget(items, itemId);
    if (!refusal) return;
    const { code, what, field } = refusal;
    context.emit(deadLetters, {
      ...{ at: foreign.at, origin: topic.name, line: null, code, key: foreign.key },
      ...{ partition: record.partition, offset: record.offset, skippedBy: null },
      reason: field ? `${field}: ${what}` : what,
      data: foreign.raw,
    });
  };
  return defineStage({
    name: `source-${name}`,
    doc: `Reads ${topic.name}, a topic of yours, by the mapping of the source ${name}.`,
    inputs: [topic],
    outputs: [...outputs, deadLetters],
    ...(prompt && { commitEveryMs: 50, flushOn: [topic] }),
    create: () => ({ handlers: [on(topic, take)] }),
  });
}
