import { describe, expect, it } from '@jest/globals';
import { type MutantName, mutants } from './mutants.ts';
import { simulate } from './run.ts';

/** The first seeds of a range that fail; no more than `enough` are looked for. */
async function failing(from: number, count: number, mutant?: MutantName, enough = count) {
  const found: { seed: number; wrong: readonly string[] }[] = [];
  for (let seed = from; seed < from + count && found.length < enough; seed++) {
    const { wrong } = await simulate({ seed, mutant });
    if (wrong.length > 0) found.push({ seed, wrong });
  }
  return found;
}

async function traceOf(seed: number): Promise<string[]> {
  const lines: string[] = [];
  await simulate({ seed, write: (line) => lines.push(line) });
  return lines;
}

it('gives the same run for the same seed, and another for another', async () => {
  const first = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const trace = await traceOf(seed);
    expect(trace.length).toBeGreaterThan(150);
    expect(await traceOf(seed)).toEqual(trace);
    first.add(trace.slice(0, 50).join('\n'));
  }
  expect(first.size).toBe(12);
}, 300_000);

describe('the runtime on simulated brokers', () => {
  it('loses, doubles and tears nothing, and comes to rest', async () => {
    expect(await failing(1, 100)).toEqual([]);
  }, 300_000);

  it('does so with seeds that nobody has seen', async () => {
    const from = Date.now() % 2 ** 40;
    process.stderr.write(`simulated seeds from ${from} on\n`);
    expect(await failing(from, 200)).toEqual([]);
  }, 300_000);
});

/** Number of seeds among which each fault put in must be found. */
const within: Record<MutantName, number> = {
  'offsets-first': 40,
  'same-epoch': 150,
  'offsets-outside': 40,
  'no-fencing': 40,
  'read-uncommitted': 10,
  'stable-is-end': 20,
  'no-restore': 10,
  'checkpoint-only': 60,
  'keep-unanswered': 150,
};

describe.each(Object.keys(mutants) as MutantName[])('a fault put in: %s', (mutant) => {
  it('is found, and its seed passes without it', async () => {
    const [found] = await failing(1, within[mutant], mutant, 1);
    expect(found).toBeDefined();
    expect((await simulate({ seed: found!.seed })).wrong).toEqual([]);
  }, 300_000);
});
