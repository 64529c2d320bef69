// One basis for each language model, by the first vectors of the topic.
import { describe, expect, it } from '@jest/globals';
import { Bases, FITTED } from '../../../models/llm/bases.ts';
import { Basis } from '../../../models/llm/basis.ts';
import { normal } from '../../../models/normal.ts';
import { hash32, Random } from '../../../models/random.ts';

function vectorOf(model: string, i: number, width = 80) {
  const random = new Random(hash32(model, i));
  // The topic has single precision.
  const vector = Float32Array.from({ length: width }, () => normal(random));
  return { model, itemId: `i${i}`, vector };
}

/** Takes vectors `from` to `to` (exclusive); how many completed a basis. */
function take(bases: Bases, model: string, from: number, to: number, width?: number): number {
  let completed = 0;
  for (let i = from; i < to; i++) if (bases.take(vectorOf(model, i, width))) completed++;
  return completed;
}

describe('the bases of item vectors', () => {
  it('are fitted on the first vectors of each model, and never again', () => {
    const bases = new Bases();
    expect(take(bases, 'a', 0, FITTED - 1)).toBe(0);
    expect(bases.of('a')).toBeUndefined();
    expect(take(bases, 'b', 0, 10)).toBe(0);
    expect(bases.take(vectorOf('a', FITTED - 1))).toBe(true);
    const vectors = Array.from({ length: FITTED }, (_, i) => vectorOf('a', i).vector);
    expect(bases.of('a')!.id).toBe(Basis.fit(vectors, 32).id);
    expect(take(bases, 'a', FITTED, 300)).toBe(0);
    expect(bases.of('a')!.id).toBe(Basis.fit(vectors, 32).id);
    expect(bases.of('b')).toBeUndefined();
    expect(bases.version).toBe(1);
  });

  it('count a vector that came twice once', () => {
    const bases = new Bases();
    for (let i = 0; i < FITTED - 1; i++) {
      expect(bases.take(vectorOf('a', i))).toBe(false);
      expect(bases.take(vectorOf('a', i))).toBe(false);
    }
    expect(bases.take(vectorOf('a', FITTED - 1))).toBe(true);
  });

  it('begin anew with vectors of another width', () => {
    const bases = new Bases();
    take(bases, 'a', 0, FITTED);
    const { id } = bases.of('a')!;
    expect(take(bases, 'a', 0, 1, 70)).toBe(0);
    expect(bases.of('a')).toBeUndefined();
    expect(take(bases, 'a', 1, FITTED, 70)).toBe(1);
    expect(bases.of('a')!.from).toBe(70);
    expect(bases.of('a')!.id).not.toBe(id);
    expect(bases.version).toBe(2);
  });

  it('go on after a restart at any moment as if there had been none', () => {
    const events = [
      ...Array.from({ length: 100 }, (_, i) => vectorOf(i % 3 === 0 ? 'b' : 'a', i)),
      ...Array.from({ length: 70 }, (_, i) => vectorOf('c', i, 96)),
      ...Array.from({ length: 70 }, (_, i) => vectorOf('a', i, 96)),
    ];
    const straight = new Bases();
    let restarted = new Bases();
    for (const [i, event] of events.entries()) {
      expect(restarted.take(event)).toBe(straight.take(event));
      if (i % 7 === 0) restarted = Bases.load(restarted.save());
    }
    expect(Buffer.from(restarted.save()).equals(straight.save())).toBe(true);
    expect(straight.version).toBe(3);
  });

  it('are kept of the models whose vectors came last', () => {
    const bases = new Bases();
    take(bases, 'a', 0, FITTED);
    for (const model of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) bases.take(vectorOf(model, 0));
    expect(bases.of('a')).toBeDefined();
    bases.take(vectorOf('i', 0));
    expect(bases.of('a')).toBeUndefined();
  });
});
