// The short form of the fault suite: one of each main kind, the rounds that once failed, and five faults of a
// seed that nobody has used; `npm run test:faults` draws fifty from a seed.
import { randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { runSuite } from '../faults/harness.ts';
import { drawFaults, type Fault, type Kind, kinds, kindsWith, roundsOf } from '../faults/plan.ts';
import { keptRounds } from '../faults/seeds.ts';

/** Worker 0 is only frozen: killed as well, or awake while the broker is away, it would be no zombie. */
const [zombie, other] = [0, 1];

const fault = (kind: Kind, afterMs: number, draw = other): Fault => ({
  kind,
  afterMs,
  draw,
  call: 3,
});

const mainKinds = {
  name: 'main-kinds',
  store: 'memory',
  faults: [
    fault('freeze', 2_000, zombie),
    fault('join', 1_000),
    fault('lose-answer', 2_000),
    fault('kill-before-commit', 2_000),
    fault('registry-kill', 1_000),
    // The frozen one wakes after 11 s, five seconds before this.
    fault('broker-kill', 10_000),
  ],
} as const;

describe('faults on a real broker', () => {
  it('change nothing: one of each main kind, kept seeds and a fresh one', async () => {
    const seed = randomInt(2 ** 31);
    const again = `npm run test:faults -- --seed ${seed} --faults 5 --json`;
    process.stderr.write(`Five faults of a fresh seed; the same once more: ${again}\n`);
    const fresh = roundsOf(drawFaults(seed, 5), 5).map((one) => ({ ...one, name: 'fresh' }));
    const told: string[] = [`The round "fresh" once more: ${again}`];
    const { lost, duplicated, hashesEqual, fenced, dir } = await runSuite({
      rounds: [mainKinds, ...keptRounds(1), ...fresh],
      say: (line) => told.push(line),
    }).catch((error: unknown) => {
      throw new Error([String(error), ...told].join('\n'), { cause: error });
    });
    // What happened when, for whoever has to find out.
    const story = dir === undefined ? '' : [...told, dir].join('\n');
    expect({ lost, duplicated, hashesEqual, story }).toEqual({
      lost: 0,
      duplicated: 0,
      hashesEqual: true,
      story: '',
    });
    expect(fenced).toBeGreaterThan(0);
  }, 600_000);

  it('are drawn from the seed alone, every kind before one comes again', () => {
    expect(drawFaults(7, 40)).toEqual(drawFaults(7, 40));
    expect(drawFaults(7, 40)).not.toEqual(drawFaults(8, 40));
    for (const brokers of [1, 3]) {
      const of = kindsWith(brokers);
      const first = drawFaults(7, of.length, of).map(({ kind }) => kind);
      expect(first.toSorted()).toEqual(of.toSorted());
    }
    expect(kindsWith(3).length).toBe(kinds.length + 3);
  });

  it('that once made a round fail are kept as they were drawn', () => {
    expect(keptRounds(1).length).toBeGreaterThan(1);
    for (const { faults } of keptRounds(3)) expect(faults.length).toBeGreaterThan(0);
  });
});
