// The simulator with similarities by another language model.
import { describe, expect, it } from '@jest/globals';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { Random } from '../../models/random.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { newUser } from '../../models/user/track.ts';
import type { Example } from '../../schemas/topics/examples.ts';

/** Slates of one item; it is liked where its similarity is above 0, or below for a `sign` of −1. */
function* slates(n: number, sign: 1 | -1): Generator<Example> {
  const random = new Random(3);
  for (let i = 0; i < n; i++) {
    const similarity = 2 * random.next() - 1;
    const positive = sign * similarity + 0.2 * (random.next() - 0.5) > 0;
    const item = { itemId: `i${i}`, groups: [], similarity, positive, reward: positive ? 5 : 1 };
    yield loggedExample(`${i}`, i, newUser(`u${i}`), [item]);
  }
}

const near = { itemId: 'x', groups: [], similarity: 0.9 };
const far = { ...near, similarity: -0.9 };
const user = newUser('u');
/** What it makes of a similarity: P(click) of a near item less that of a far one. */
const leaning = (one: Simulator) => one.predictItem(user, near) - one.predictItem(user, far);

function trained(): Simulator {
  const simulator = Simulator.load();
  for (const example of slates(1000, 1)) simulator.learn(example);
  return simulator;
}

describe('a simulator that sees by another model', () => {
  it('begins what it made of similarities anew, and keeps the rest', () => {
    const simulator = trained();
    expect(leaning(simulator)).toBeGreaterThan(0.9);
    const unknown = { ...near, similarity: null };
    const [before, { version }] = [simulator.predictItem(user, unknown), simulator];
    simulator.seeBy('another');
    expect(leaning(simulator)).toBe(0);
    expect(simulator.predictItem(user, unknown)).toBe(before);
    expect(simulator.version).toBe(version);
    for (const example of slates(1000, -1)) simulator.learn(example);
    expect(leaning(simulator)).toBeLessThan(-0.9);
  });

  it('stays as it is where the model is the one before, also after loading', () => {
    const simulator = trained();
    const bytes = Buffer.from(simulator.save());
    simulator.seeBy('');
    expect(bytes.equals(simulator.save())).toBe(true);
    simulator.seeBy('another');
    for (const example of slates(100, -1)) simulator.learn(example);
    const loaded = Simulator.load(simulator.save());
    expect(loaded.model).toBe('another');
    loaded.seeBy('another');
    expect(Buffer.from(loaded.save()).equals(simulator.save())).toBe(true);
    expect(leaning(loaded)).toBe(leaning(simulator));
  });
});
