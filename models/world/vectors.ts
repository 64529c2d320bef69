// A made language model: vectors of the world's items by what they are about, with noise that is each
// item's own. Near is what shares topics, as it is of a real model; no text is read.
import { meanDirection } from '../llm/basis.ts';
import { normal } from '../normal.ts';
import { mix32, Random } from '../random.ts';
import type { World } from './world.ts';

/** Number of values in a vector. */
const WIDTH = 48;
/** Standard deviation of an item's own noise; that of its topics is 1. */
const NOISE = 0.5;

/** Vectors of length 1 by item; the same world gives the same ones. */
export function madeVectors(world: World): ReadonlyMap<string, Float32Array> {
  const { seed, topics } = world.options;
  // Not the numbers that a world of the same seed was made from.
  const random = new Random(mix32(seed ^ 0x76656374));
  const draw = () => Float64Array.from({ length: WIDTH }, () => normal(random));
  const directions = Array.from({ length: topics }, draw);
  return new Map(
    world.items.map(({ itemId, topics: own }) => {
      const vector = draw().map((noise, d) => {
        const about = own.reduce((sum, topic) => sum + directions[topic]![d]!, 0);
        return about / Math.sqrt(own.length) + NOISE * noise;
      });
      return [itemId, meanDirection([vector], WIDTH)];
    }),
  );
}
