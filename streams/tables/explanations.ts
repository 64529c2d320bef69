// The latest reasons by the hash of what they were made from: what was explained once is not again.
import { Lru } from '../../models/llm/lru.ts';
import { type Explanation, explanations } from '../../schemas/topics/explanations.ts';
import { defineTable } from '../engine/table.ts';

/**
 * Largest number of reasons remembered; those unused for longest are forgotten, and made anew when
 * asked for.
 */
const CAPACITY = 20_000;

export class Explanations {
  private readonly byHash = new Lru<Explanation>(CAPACITY);

  get(hash: string): Explanation | undefined {
    return this.byHash.get(hash);
  }

  delete(hash: string): void {
    this.byHash.delete(hash);
  }

  put(explanation: Explanation): void {
    this.byHash.set(explanation.hash, explanation);
  }
}

export const explanationsTable = defineTable(explanations, {
  name: 'explanations',
  create: () => new Explanations(),
  apply(table, hash, explanation) {
    if (explanation) table.put(explanation);
    else table.delete(hash);
  },
});
