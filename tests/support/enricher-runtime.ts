// An enricher alone on a runtime in memory, where a test hands it events and waits for what it does.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { EnricherDef } from '../../streams/engine/enricher.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { give } from './enrichers.ts';

/** An enricher with its tables and topics; what it writes feeds its tables. */
export class EnricherRuntime {
  readonly runtime: MemoryRuntime;
  private readonly name: string;

  constructor(def: EnricherDef) {
    this.runtime = new MemoryRuntime({ stages: [], enrichers: [def] });
    this.name = def.name;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.runtime.enricher(this.name).counts;
  }

  /** Hands it an event. @returns what it returned: undefined where nobody waits for it */
  give<T extends AnyTopic>(topic: T, event: EventOf<T>): Promise<void> | void {
    return give(this.runtime.enricher(this.name), topic, event);
  }

  /** Resolves once nothing goes on. */
  settle(): Promise<void> {
    return this.runtime.settle();
  }

  /** Everything that can go on has gone on; of a model that never answers, the rest. */
  async turns(): Promise<void> {
    for (let i = 0; i < 50; i++) await nextTurn();
  }
}
