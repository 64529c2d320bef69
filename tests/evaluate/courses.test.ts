// The protocol of courses: what is learned, what is judged, by hand.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { courses } from '../../evaluate/courses.ts';

const fixtures = join(import.meta.dirname, '../datasets/fixtures');
const judge = (dataset: string) =>
  courses.run({
    dataset,
    folder: join(fixtures, dataset),
    seed: 3,
    campaign: '',
    config: { partsDir: '', llm: { roles: {} } },
    signal: new AbortController().signal,
    progress: () => {},
  });

describe('evaluate courses', () => {
  it('judges each user by the set of what is new in the test file', async () => {
    const evaluation = await judge('coco');
    // User 2 had course 100 before, so 200 is left; user 1 has 300.
    expect(evaluation).toMatchObject({ protocol: 'courses', dataset: 'coco', n: 2, seed: 3 });
    const models = [...new Set(evaluation.rows.map(({ model }) => model))];
    expect(models).toEqual(['millrace', 'popularity', 'item-kNN', 'last action']);
    // Three courses, two of them taken: the one that is left is found.
    for (const { value } of evaluation.rows) expect(value).toBe(1);
  });

  it('takes the lower id of courses that are equal', async () => {
    // Of 2, 4, 9: user 0 has 4, 2, user 1 has 4, 9, user 2 has 4 and two open ones, 2 and 9, once each.
    const { rows, n } = await judge('cnpc');
    expect(n).toBe(3);
    const ndcg = rows.find(({ model, metric }) => model === 'popularity' && metric === 'NDCG@10')!;
    // User 2 wants 9, which stands behind 2.
    expect(ndcg.value).toBeCloseTo((1 + 1 + 1 / Math.log2(3)) / 3, 12);
  });

  it('is the same for the same seed', async () => {
    expect(await judge('coco')).toEqual(await judge('coco'));
  });
});
