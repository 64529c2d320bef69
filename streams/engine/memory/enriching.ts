// An enricher in memory: takes the events of its inputs one after the other, in the order of their times.
import { timeLetIn } from '../../../schemas/border.ts';
import { MillraceError } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { deadLetterOf, mostBytes } from '../dead-letter.ts';
import type { AsyncHandler, Enricher, EnricherDef, EnricherIo } from '../enricher.ts';
import { handlersByInput } from '../handlers.ts';
import type { Output } from '../task.ts';
import type { MemoryLogs, Stored } from './logs.ts';

interface Input {
  readonly topic: AnyTopic;
  readonly partition: number;
  readonly handler: AsyncHandler;
  next: number;
}

export class MemoryEnricher {
  readonly def: EnricherDef;
  readonly enricher: Enricher;
  private readonly logs: MemoryLogs;
  private readonly inputs: readonly Input[];

  private readonly onSkipped: (letter: Output) => void;
  private readonly latest: () => number;

  /**
   * @param onSkipped takes the dead letter of a record that is skipped
   * @param latest gives the latest event time that is let in now, ms
   */
  constructor(
    def: EnricherDef,
    io: EnricherIo,
    logs: MemoryLogs,
    onSkipped: (letter: Output) => void,
    latest: () => number,
  ) {
    this.def = def;
    this.logs = logs;
    this.onSkipped = onSkipped;
    this.latest = latest;
    this.enricher = def.create(io);
    const handlers = handlersByInput(def, this.enricher.handlers);
    this.inputs = def.inputs.flatMap((topic, i) =>
      logs.of(topic).map((_, partition) => ({ topic, partition, handler: handlers[i]!, next: 0 })),
    );
  }

  /** Handles everything that is there. @returns whether there was anything */
  async run(): Promise<boolean> {
    let any = false;
    for (let next = this.earliest(); next; next = this.earliest()) {
      any = true;
      const { input, record } = next;
      input.next++;
      // A deletion has no event.
      if (record.bytes === null) continue;
      const event = this.taken(input, record);
      if (event !== undefined) await input.handler.handle(event);
    }
    return any;
  }

  /** The event of a record; undefined if the border refuses it, which then is a dead letter. */
  private taken({ topic, partition, next }: Input, record: Stored): unknown {
    const { key, bytes: value } = record;
    const latest = this.latest();
    try {
      const event = this.logs.codecOf(topic).take({ key, value });
      timeLetIn(topic, event, latest);
      return event;
    } catch (error) {
      if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
      const at = Math.min(record.at, latest);
      const skipped = { at, offset: next - 1, key, value };
      this.onSkipped(
        deadLetterOf({ topic, partition, by: this.def.name }, skipped, error, mostBytes),
      );
      return undefined;
    }
  }

  private earliest(): { input: Input; record: Stored } | undefined {
    let earliest: { input: Input; record: Stored } | undefined;
    for (const input of this.inputs) {
      const record = this.logs.of(input.topic)[input.partition]![input.next];
      if (record && (!earliest || record.at < earliest.record.at)) earliest = { input, record };
    }
    return earliest;
  }
}
