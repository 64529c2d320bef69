// Click prediction on small logs in the official formats, without the command around it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { mind } from '../../datasets/mind.ts';
import { movielens } from '../../datasets/movielens.ts';
import { ctr } from '../../evaluate/ctr.ts';
import { rowExamples } from '../../evaluate/row-examples.ts';
import { stepExamples } from '../../evaluate/step-examples.ts';
import { collect } from '../support/log-checks.ts';

const fixtures = join(import.meta.dirname, '../datasets/fixtures');
const scratch = mkdtempSync(join(tmpdir(), 'millrace-ctr-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (dataset: string) =>
  ctr.run({
    dataset,
    folder: join(fixtures, dataset),
    seed: 2,
    campaign: 'men',
    config: { partsDir: '', llm: { roles: {} } },
    signal: new AbortController().signal,
    progress: () => {},
  });

/** Clicks and passes by page, in the order in which they are played; the first two read off the files by hand. */
const clicksOf: Readonly<Record<string, number[][]>> = {
  // 4 stars or more, by time.
  movielens: [...'110101', ...'000000000001'].map((one) => [Number(one)]),
  mind: [[0], [0, 1, 0], [0, 1], [0, 0, 1]],
  'open-bandit': readFileSync(join(fixtures, 'open-bandit/random/men/men.csv'), 'utf8')
    .split('\n')
    .map((line) => line.split(','))
    .filter(
      ([, at, , , click, propensity]) => at && /^[01]$/.test(click!) && Number(propensity) > 0,
    )
    .sort(([, a], [, b]) => (a! < b! ? -1 : 1))
    .map(([, , , , click]) => [Number(click)]),
};

/** Log loss of (clicks + 1) / (shown + 2) before each page. */
function rateLogLoss(pages: readonly number[][]): number {
  let [shown, clicked, loss] = [0, 0, 0];
  for (const page of pages) {
    const p = (clicked + 1) / (shown + 2);
    for (const one of page) loss -= Math.log(one ? p : 1 - p);
    shown += page.length;
    clicked += page.filter(Boolean).length;
  }
  return loss / shown;
}

describe('evaluate ctr', () => {
  it('plays MovieLens one rating at a time; a state knows the ratings before it alone', async () => {
    const positive = ({ value }: { value: number }) => value >= 4;
    const reading = { kind: 'rating', positive } as const;
    const examples = await collect(
      rowExamples(movielens, join(fixtures, 'movielens'), scratch, reading),
    );
    expect(examples).toHaveLength(18);
    const before = new Map<string, string[]>();
    for (const { userId, items, state } of examples) {
      const known = before.get(userId) ?? [];
      expect(state.recent.map(({ itemId }) => itemId)).toEqual(known);
      expect(state.feedbacks).toBe(known.length);
      expect(items).toHaveLength(1);
      expect(items[0]!.positive).toBe(items[0]!.reward >= 4);
      before.set(userId, [...known, items[0]!.itemId]);
    }
    const times = examples.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('plays MIND a page at a time; a state begins with the history and grows by clicks', async () => {
    const examples = await collect(stepExamples(mind, join(fixtures, 'mind'), scratch));
    expect(examples.map(({ userId }) => userId)).toEqual(['U1', 'U1', 'U2', 'U3']);
    expect(examples.map(({ items }) => items.length)).toEqual([1, 3, 2, 3]);
    const recent = examples.map(({ state }) => state.recent.map(({ itemId }) => itemId));
    expect(recent).toEqual([['N9', 'N1'], ['N9', 'N1'], [], ['N2']]);
    expect(examples[1]!.state.groups.map(({ group }) => group)).toEqual(['sports', 'soccer']);
    expect(examples[3]!.items.map(({ reward }) => reward)).toEqual([0, 0, 1]);
  });

  it.each([
    ['movielens', 18, ['AUC', 'LogLoss']],
    ['mind', 9, ['AUC', 'LogLoss', 'AUC per impression', 'NDCG@10']],
    ['open-bandit', 40, ['AUC', 'LogLoss']],
  ])('judges the learner and the baselines on %s', async (dataset, n, metrics) => {
    expect(n).toBe(clicksOf[dataset]!.flat().length);
    const evaluation = await run(dataset);
    expect(evaluation).toMatchObject({ protocol: 'ctr', dataset, n, seed: 2 });
    for (const span of ['all', 'last-half']) {
      const own = evaluation.rows.filter((row) => row.model === 'millrace' && row.span === span);
      expect(own.map(({ metric }) => metric)).toEqual(metrics);
    }
    const rate = evaluation.rows.find((row) => row.model === 'rate' && row.metric === 'LogLoss')!;
    expect(rate.value).toBeCloseTo(rateLogLoss(clicksOf[dataset]!), 12);
    expect(await run(dataset)).toEqual(evaluation);
  });
});
