// The stages that read topics of another system: each row becomes events of ours or a dead letter, in one
// transaction with the position in its topic, so each counts once.
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

/** A topic of another system with what its rows become. */
export interface SourceInput {
  readonly topic: AnyTopic;
  /** One for each source that reads the topic. */
  readonly map: (row: ForeignRow['row']) => readonly RowOutcome[];
}

export interface SourceStageOptions {
  readonly name: string;
  readonly doc: string;
  /** Their order decides between equal times: the earlier one goes first. */
  readonly inputs: readonly SourceInput[];
  /** Topics that rows become events of. */
  readonly outputs: readonly AnyTopic[];
  /** Whether somebody waits for what comes of a row. */
  readonly prompt: boolean;
  /**
   * Time that a topic at its end holds back the others, ms. All partitions of all topics are then one task,
   * merged by time, whatever they are keyed by.
   * @default each partition is read as it comes
   */
  readonly mergedWithinMs?: number;
}

export function sourceStage(options: SourceStageOptions): Stage {
  const { name, doc, inputs, outputs, prompt, mergedWithinMs } = options;
  return defineStage({
    ...{ name, doc },
    inputs: inputs.map(({ topic }) => topic),
    outputs: [...outputs, deadLetters],
    ...(prompt && { commitEveryMs: 50, flushOn: inputs.map(({ topic }) => topic) }),
    ...(mergedWithinMs !== undefined && { gathers: true, waitForInputsMs: mergedWithinMs }),
    create: () => ({
      handlers: inputs.map(({ topic, map }) =>
        on(topic, (foreign: ForeignRow, context, record) => {
          for (const outcome of map(foreign.row)) take(outcome, foreign, context, record);
        }),
      ),
    }),
  });
}

function take(
  { events, deleted, refusal }: RowOutcome,
  foreign: ForeignRow,
  context: Context,
  record: RecordMetadata,
): void {
  for (const one of events) context.emit(one.topic, one.event);
  for (const itemId of deleted) context.forget(items, itemId);
  if (!refusal) return;
  const { code, what, field } = refusal;
  context.emit(deadLetters, {
    ...{ at: foreign.at, origin: record.topic, line: null, code, key: foreign.key },
    ...{ partition: record.partition, offset: record.offset, skippedBy: null },
    reason: field ? `${field}: ${what}` : what,
    data: foreign.raw,
  });
}
