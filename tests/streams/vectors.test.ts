// The table of item vectors: by model, and which model a role has.
import { describe, expect, it } from '@jest/globals';
import { Basis } from '../../models/llm/basis.ts';
import { normal } from '../../models/normal.ts';
import { Random } from '../../models/random.ts';
import { Vectors } from '../../streams/tables/vectors.ts';

const random = new Random(1);
const drawn = (width: number) => Array.from({ length: width }, () => normal(random));
const record = (model: string, itemId: string, roles: string[] = [], width = 8) => ({
  model,
  itemId,
  roles,
  vector: drawn(width),
});

describe('the table of vectors', () => {
  it('has none before the first', () => {
    const vectors = new Vectors();
    expect([vectors.of('policy').model, vectors.of('policy').size]).toEqual(['', 0]);
    expect(vectors.of('policy').in(undefined)).toBeUndefined();
    expect(vectors.ownModel('policy')).toBe('');
  });

  it('gives a role the model that the topic named last, else that of the representer', () => {
    const vectors = new Vectors();
    vectors.take(record('small', 'a'));
    expect(vectors.of('policy').model).toBe('small');
    vectors.take(record('large', 'a', ['policy']));
    vectors.take(record('small', 'b', ['representer', 'simulator']));
    const models = () =>
      (['representer', 'policy', 'simulator'] as const).map((role) => vectors.of(role).model);
    expect(models()).toEqual(['small', 'large', 'small']);
    expect([vectors.ownModel('policy'), vectors.ownModel('simulator')]).toEqual(['large', '']);
    expect([vectors.of('policy').has('b'), vectors.by('small').size]).toEqual([false, 2]);
    // For all roles: nobody has a model of their own any more. What it made is still there.
    vectors.take(record('small', 'c'));
    expect(models()).toEqual(['small', 'small', 'small']);
    expect(vectors.by('large').has('a')).toBe(true);
  });

  it('keeps a few models, those that roles have among them', () => {
    const vectors = new Vectors();
    vectors.take(record('policy', 'a', ['policy']));
    for (let i = 0; i < 9; i++) vectors.take(record(`model ${i}`, 'a', ['representer']));
    const kept = ['policy', ...Array.from({ length: 9 }, (_, i) => `model ${i}`)].filter(
      (model) => vectors.by(model).size > 0,
    );
    expect(kept).toEqual(['policy', 'model 6', 'model 7', 'model 8']);
  });

  it('projects into a basis, also a vector that was replaced', () => {
    const vectors = new Vectors();
    const all = Array.from({ length: 30 }, (_, i) => record('m', `i${i}`));
    for (const one of all) vectors.take(one);
    const own = vectors.of('policy');
    const basis = Basis.fit(
      all.map(({ vector }) => vector),
      4,
    );
    const space = own.in(basis)!;
    expect(space.id).toBe(basis.id);
    const asFloats = (vector: readonly number[]) => basis.project(Float32Array.from(vector));
    expect(space.of('i3')).toEqual(asFloats(all[3]!.vector));
    const another = record('m', 'i3');
    vectors.take(another);
    expect(own.in(basis)!.of('i3')).toEqual(asFloats(another.vector));
    expect(space.of('none')).toBeUndefined();
    expect(space.profile(['none'])).toBeNull();
    expect([...space.profile(['i3'])!]).toEqual(
      Array.from(asFloats(another.vector), (value) => expect.closeTo(value, 6)),
    );
  });

  it('begins anew with vectors of another width, and has no space in the old basis', () => {
    const vectors = new Vectors();
    const all = Array.from({ length: 10 }, (_, i) => record('m', `i${i}`));
    for (const one of all) vectors.take(one);
    const basis = Basis.fit(
      all.map(({ vector }) => vector),
      4,
    );
    vectors.take(record('m', 'i0', [], 9));
    expect(vectors.of('representer').size).toBe(1);
    expect(vectors.of('representer').in(basis)).toBeUndefined();
  });
});
