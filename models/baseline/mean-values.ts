// Baselines of a value: the mean of all, of the item, of the user; and user mean + item mean − mean of all.
import type { Example } from '../../schemas/topics/examples.ts';
import { realItems } from '../outcomes.ts';
import type { PredictionContext } from '../policy.ts';
import { GrowingReach } from '../reach.ts';
import { Sums } from './sums.ts';

export class MeanValues {
  readonly name: string;
  private readonly of: { readonly user: boolean; readonly item: boolean };
  private readonly all = { n: 0, sum: 0 };
  private readonly reach = new GrowingReach();
  private readonly users = new Sums();
  private readonly items = new Sums();

  constructor(name: string, of: { user: boolean; item: boolean }) {
    this.name = name;
    this.of = of;
  }

  predictValues({ userId, items }: PredictionContext): Float64Array {
    const { n, sum } = this.all;
    const mean = n > 0 ? sum / n : 0;
    const user = this.of.user ? this.users.less(userId, mean) : 0;
    return Float64Array.from(
      items,
      ({ itemId }) => mean + user + (this.of.item ? this.items.less(itemId, mean) : 0),
    );
  }

  /** Learns what people answered. */
  learn(example: Example): void {
    const { userId } = example;
    for (const { itemId, reward: given } of realItems(example)) {
      const reward = this.reach.take(given);
      this.users.add(userId, reward);
      this.items.add(itemId, reward);
      this.all.n += 1;
      this.all.sum += reward;
    }
  }
}
