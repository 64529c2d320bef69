// `npm run bench:retrieval`: the nearest of many vectors, one by one and by the graph: time to link and to
// search, and how many of the true nearest are found, by the number of vectors.
import { Command } from 'commander';
import { z } from 'zod';
import { normal } from '../models/normal.ts';
import { Random } from '../models/random.ts';
import { dot } from '../models/retrieval/dot.ts';
import { Heap } from '../models/retrieval/heap.ts';
import { Hnsw, type Rows } from '../models/retrieval/hnsw.ts';
import { readOptions, wholeNumber } from './support/options.ts';
import { ownCpuSeconds } from './support/proc.ts';

const given = readOptions(
  new Command('bench:retrieval')
    .description('Nearest vectors: time and recall of the graph beside looking at all.')
    .option('--sizes <n,…>', 'vectors', '1000,10000,50000')
    .option('--width <n>', 'of a vector; the language model gives 576', '576')
    .option('--nearest <n>', 'wanted', '30')
    .option('--breadths <n,…>', 'rows in view of a search', '30,60,100,200')
    .option('--queries <n>', 'searches', '200')
    .option('--seed <n>', 'of the vectors', '1')
    .option('--json', 'one line on stdout'),
  z.object({
    sizes: z.string().transform((list) => z.array(wholeNumber).nonempty().parse(list.split(','))),
    width: wholeNumber,
    nearest: wholeNumber,
    breadths: z
      .string()
      .transform((list) => z.array(wholeNumber).nonempty().parse(list.split(','))),
    queries: wholeNumber,
    seed: wholeNumber,
    json: z.boolean().default(false),
  }),
);

/** Number of directions that embeddings really use. */
const RANK = 24;
/** Number of groups that the vectors lie in. */
const GROUPS = 40;

/** Makes vectors such as texts have: groups in a few directions, and noise in all. */
function maker(random: Random, width: number): (into: Float32Array, at: number) => void {
  const draw = (length: number, scale = 1) =>
    Float32Array.from({ length }, () => scale * normal(random));
  const directions = Array.from({ length: RANK }, () => draw(width));
  const centres = Array.from({ length: GROUPS }, () => draw(RANK, 1.5));
  return (into, at) => {
    const centre = centres[random.below(GROUPS)]!;
    const row = draw(width, 2);
    for (const [f, direction] of directions.entries()) {
      const weight = centre[f]! + normal(random);
      for (let d = 0; d < width; d++) row[d]! += weight * direction[d]!;
    }
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let d = 0; d < width; d++) into[at + d] = row[d]! / length;
  };
}

function microseconds(count: number, act: (i: number) => void): number {
  const begun = ownCpuSeconds();
  for (let i = 0; i < count; i++) act(i);
  return ((ownCpuSeconds() - begun) * 1e6) / count;
}

function exactly(query: Float32Array, { values, width }: Rows, size: number, best: Heap): number[] {
  for (let row = 0; row < size; row++) {
    best.offer(dot(query, 0, values, row * width, width), row, given.nearest);
  }
  return best.drain().map(({ row }) => row);
}

function measure(size: number) {
  const { width, queries: count, nearest, seed } = given;
  const make = maker(new Random(seed), width);
  const rows = { width, values: new Float32Array(size * width) };
  for (let row = 0; row < size; row++) make(rows.values, row * width);
  const queries = Array.from({ length: count }, () => {
    const query = new Float32Array(width);
    make(query, 0);
    return query;
  });
  const graph = new Hnsw(rows);
  const linkUs = microseconds(size, (row) => graph.add(row));
  const best = new Heap();
  const truth: Set<number>[] = [];
  const exactUs = microseconds(count, (i) => {
    truth.push(new Set(exactly(queries[i]!, rows, size, best)));
  });
  const searches = given.breadths.map((breadth) => {
    let found = 0;
    const us = microseconds(count, (i) => {
      for (const { row } of graph.search(queries[i]!, nearest, breadth)) {
        if (truth[i]!.has(row)) found += 1;
      }
    });
    return { breadth, us, recall: found / (count * nearest) };
  });
  return { size, linkUs, exactUs, searches };
}

const results = given.sizes.map(measure);
const lines = results.flatMap(({ size, linkUs, exactUs, searches }) =>
  searches.map(
    ({ breadth, us, recall }) =>
      `| ${size} | ${linkUs.toFixed(0)} | ${exactUs.toFixed(0)} | ${breadth} | ${us.toFixed(0)} | ${recall.toFixed(4)} |`,
  ),
);
const head = '| vectors | link, µs | all, µs | breadth | search, µs | recall |';
process.stdout.write(
  given.json ? `${JSON.stringify(results)}\n` : `${[head, ...lines].join('\n')}\n`,
);
