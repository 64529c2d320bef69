// An enricher in memory: takes the events of its inputs one after the other, in the order of their times.
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { AsyncHandler, Enricher, EnricherDef, EnricherIo } from '../enricher.ts';
import { handlersByInput } from '../handlers.ts';
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

  constructor(def: EnricherDef, io: EnricherIo, logs: MemoryLogs) {
    this.def = def;
    this.logs = logs;
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
      await input.handler.handle(this.logs.codecOf(input.topic).decode(record.bytes));
    }
    return any;
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
