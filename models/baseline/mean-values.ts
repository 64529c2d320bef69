// Baselines of a value: the mean of all, of the item, of the user; and user mean + item mean − mean of all.
import type { Example } from '../../schemas/topics/examples.ts';

/** Pseudo-observations of the overall mean. */
const PRIOR = 5;

class Mean {
  n = 0;
  sum = 0;
}

export class MeanValues {
  readonly name: string;
  private readonly of: { readonly user: boolean; readonly item: boolean };
  private readonly all = new Mean();
  private readonly users = new Map<string, Mean>();
  private readonly items = new Map<string, Mean>();

  constructor(name: string, of: { user: boolean; item: boolean }) {
    this.name = name;
    this.of = of;
  }

  predictValues({ userId, items }: Example): Float64Array {
    const { n, sum } = this.all;
    const mean = n > 0 ? sum / n : 0;
    const less = (one?: Mean) => (one ? (one.sum - one.n * mean) / (one.n + PRIOR) : 0);
    const user = this.of.user ? less(this.users.get(userId)) : 0;
    return Float64Array.from(
      items,
      ({ itemId }) => mean + user + (this.of.item ? less(this.items.get(itemId)) : 0),
    );
  }

  learn({ userId, items }: Example): void {
    for (const { itemId, reward } of items) {
      for (const [of, key] of [
        [this.users, userId],
        [this.items, itemId],
      ] as const) {
        const mean = of.get(key) ?? new Mean();
        of.set(key, mean);
        mean.n += 1;
        mean.sum += reward;
      }
      this.all.n += 1;
      this.all.sum += reward;
    }
  }
}
