// A slate whose outcomes throw when they are read: whoever predicts from it looks at none.
import type { PredictionContext } from '../../models/policy.ts';
import type { Example } from '../../schemas/topics/examples.ts';

/** The fields of an example, and of each of its items, that are not known at the decision. */
const later = {
  slate: ['closedAt', 'source', 'confidence'],
  item: ['positive', 'reward'],
} as const;

/** The example as it was at the decision. @throws RangeError from every field that came later */
export function withoutOutcomes(example: Example): PredictionContext {
  return sealed(
    { ...example, items: example.items.map((item) => sealed(item, later.item)) },
    later.slate,
  );
}

function sealed<T extends object>(record: T, fields: readonly (keyof T & string)[]): T {
  const copy = { ...record };
  for (const field of fields) {
    Object.defineProperty(copy, field, {
      enumerable: true,
      get(): never {
        throw new RangeError(`${field} is not known yet.`);
      },
    });
  }
  return copy;
}
