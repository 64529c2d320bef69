// What some users are shown and click in an hour or two, for tests that compare two runtimes.
import { Random } from '../../models/random.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { clickOf, impressionOf } from './events.ts';
import type { Event } from './streams.ts';

/** Slates and clicks of some users in order of time, and the slates that close every window. */
export function history(slates: number, partitions: number): Event[] {
  const random = new Random(7);
  const events: Event[] = [];
  for (let i = 0; i < slates; i++) {
    const userId = `user-${random.below(40)}`;
    const at = 1_000_000 + i * 60_000;
    const items = [`a${random.below(50)}`, `b${random.below(50)}`];
    events.push({ topic: impressions, event: impressionOf(`i${i}`, userId, at, items) });
    if (random.next() < 0.5) {
      const click = clickOf(`c${i}`, `i${i}`, userId, items[0]!, at + 30_000, { value: 2 });
      events.push({ topic: clicks, event: click });
    }
  }
  for (let partition = 0; partition < partitions; partition++) {
    const event = impressionOf(`end-${partition}`, `end-${partition}`, 1_000_000_000_000, []);
    events.push({ topic: impressions, event, partition });
  }
  return events;
}

/** In an order that does not depend on the partitions. */
export const byId = <T extends { impressionId: string }>(events: readonly T[]) =>
  [...events].sort((a, b) => (a.impressionId < b.impressionId ? -1 : 1));
