// Baselines of the next item: what was liked most, and chance.
import type { Example } from '../../schemas/topics/examples.ts';
import { grown, Ids } from '../ids.ts';
import { mix32 } from '../random.ts';
import type { NextItemModel } from './full-ranking.ts';

/** Ranks by the likes of each item so far, the same for every user. */
export class PopularItems implements NextItemModel {
  readonly name = 'popularity';
  private readonly items = new Ids();
  private counts = new Float64Array(0);

  get itemIds(): readonly string[] {
    return this.items.names;
  }

  scoreItems(): Float64Array {
    return this.counts.subarray(0, this.items.size);
  }

  learn(example: Example): void {
    for (const { itemId, positive } of example.items) {
      const item = this.items.add(itemId);
      this.counts = grown(this.counts, item + 1);
      if (positive) this.counts[item]! += 1;
    }
  }
}

/** Ranks by chance: a number drawn for each item and event. */
export class UniformItems implements NextItemModel {
  readonly name = 'uniform';
  private readonly items = new Ids();
  private readonly seed: number;
  private draws = new Float64Array(0);
  private events = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  get itemIds(): readonly string[] {
    return this.items.names;
  }

  scoreItems(): Float64Array {
    const draw = mix32(this.seed ^ Math.imul(this.events, 0x9e3779b1));
    this.draws = grown(this.draws, this.items.size);
    for (let i = 0; i < this.items.size; i++) this.draws[i] = mix32(draw + i) >>> 0;
    return this.draws.subarray(0, this.items.size);
  }

  learn(example: Example): void {
    for (const { itemId } of example.items) this.items.add(itemId);
    this.events += 1;
  }
}
