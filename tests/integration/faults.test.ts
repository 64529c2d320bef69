// The short form of the fault suite; `npm run test:faults` draws fifty from a seed.
import { describe, expect, it } from '@jest/globals';
import { runSuite } from '../faults/harness.ts';
import { drawFaults, type Fault, type Kind, kinds } from '../faults/plan.ts';

/** Worker 0 is only frozen: killed as well, or awake while the broker is away, it would be no zombie. */
const [zombie, other] = [0, 1];

const fault = (kind: Kind, afterMs: number, draw = other): Fault => ({
  kind,
  afterMs,
  draw,
  call: 3,
});

describe('faults on a real broker', () => {
  it('change nothing: one of each main kind, while events flow', async () => {
    const told: string[] = [];
    const { lost, duplicated, hashesEqual, fenced, dir } = await runSuite({
      data: { impressions: 8_000, users: 400 },
      perRound: 6,
      faults: [
        fault('freeze', 2_000, zombie),
        fault('join', 1_000),
        fault('lose-answer', 2_000),
        fault('kill-before-commit', 2_000),
        fault('registry-kill', 1_000),
        // The frozen one wakes after 11 s, five seconds before this.
        fault('broker-kill', 10_000),
      ],
      say: (line) => told.push(line),
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
  }, 300_000);

  it('are drawn from the seed alone, every kind before one comes again', () => {
    expect(drawFaults(7, 40)).toEqual(drawFaults(7, 40));
    expect(drawFaults(7, 40)).not.toEqual(drawFaults(8, 40));
    const first = drawFaults(7, kinds.length).map(({ kind }) => kind);
    expect(first.toSorted()).toEqual(kinds.toSorted());
  });
});
