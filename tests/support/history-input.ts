// A seeded history of a small shop: a catalogue, slates that another system showed, feedback (late,
// twice, without a slate, out of order too), requests, and feedback on what was served for them.
import { Random } from '../../models/random.ts';
import { requestOf } from '../../schemas/request-border.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import type { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { clickOf, impressionOf, itemOf } from './events.ts';

/** An event that is sent, or a moment at which all that was sent is processed. */
export type Move = { readonly topic: AnyTopic; readonly event: unknown } | 'drain';

export interface HistorySize {
  readonly slates: number;
  readonly users: number;
  readonly items: number;
  readonly partitions: number;
}

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const genres = ['comedy', 'crime', 'documentary', 'drama', 'horror', 'music', 'war', 'western'];

/** Makes a history while a runtime plays it: what is clicked depends on what is served. */
export function makeHistory(runtime: MemoryRuntime, seed: number, size: HistorySize): Move[] {
  const random = new Random(seed);
  const moves: Move[] = [];
  const send = (topic: AnyTopic, event: unknown) => {
    moves.push({ topic, event });
    runtime.send(topic, event as never);
  };
  const drain = () => {
    moves.push('drain');
    runtime.drain();
  };
  const itemId = () => `item-${Math.floor(size.items * random.next() ** 2)}`;

  for (let i = 0; i < size.items; i++) {
    const groups = genres.filter(() => random.next() < 0.25);
    send(items, itemOf(`item-${i}`, groups, `Title ${i}`));
    if (random.next() < 0.3) continue;
    const vector = Array.from({ length: 6 }, () => Math.round(64 * random.next() - 32) / 32);
    const hash = `hash-${i}`;
    send(itemVectors, { hash, itemId: `item-${i}`, at: start, model: 'by-hand', vector });
  }

  let now = start;
  const later: { readonly at: number; readonly click: Click }[] = [];
  const feedback = (slate: Impression, source: Click['source']) => {
    for (const [i, { itemId }] of slate.items.entries()) {
      if (random.next() > 0.35) continue;
      const delay = random.next() < 0.1 ? 31 + random.below(60) : random.below(20);
      const value = 1 + random.below(5);
      const named = random.next() < 0.03 ? 'nowhere' : slate.impressionId;
      const at = slate.at + delay * minute;
      const click = clickOf(`${slate.impressionId}-${i}`, named, slate.userId, itemId, at, {
        kind: 'rating',
        value,
        positive: value > 3,
        source,
        confidence: source === 'logged' ? 1 : 0.5,
      });
      later.push({ at, click });
      // Delivered once more, at once or after its window.
      if (random.next() < 0.04) later.push({ at: at + random.below(40) * minute, click });
    }
  };
  const come = (until: number) => {
    later.sort((a, b) => a.at - b.at);
    while (later.length > 0 && later[0]!.at <= until) send(clicks, later.shift()!.click);
  };

  for (let i = 0; i < size.slates; i++) {
    now += random.below(4 * minute);
    come(now);
    const userId = `user-${random.below(size.users)}`;
    const shown = Array.from({ length: 1 + random.below(5) }, itemId);
    const at = random.next() < 0.03 ? now - random.below(50 * minute) : now;
    const slate = impressionOf(`slate-${i}`, userId, at, shown);
    send(impressions, slate);
    feedback(slate, 'logged');
    if (i < size.slates / 2 || random.next() < 0.7) continue;
    const requestId = `request-${i}`;
    send(requests, requestOf({ requestId, userId, at: now, k: 5, surface: 'history' }));
    drain();
    const served = runtime.events(impressions).find((one) => one.requestId === requestId);
    feedback(served!, 'simulated');
  }
  come(Number.POSITIVE_INFINITY);
  drain();
  // Every window of every partition closes, and every grace marker of it goes.
  const ends = new Set<number>();
  for (let i = 0; ends.size < size.partitions; i++) {
    const end = impressionOf(`end-${i}`, `end-${i}`, now + 7 * 24 * 60 * minute, []);
    const partition = runtime.partitionOf(impressions, end.userId);
    if (ends.has(partition)) continue;
    ends.add(partition);
    send(impressions, end);
  }
  drain();
  return moves;
}
