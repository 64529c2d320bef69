// A learner's test shows that it learns: on a real log, predicted before it is learned.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { movielensSample } from '../../app/sample.ts';
import { movielens } from '../../datasets/movielens.ts';
import { stepExamples } from '../../evaluate/step-examples.ts';
import { loadLearner } from '../../models/bandit/millrace/learner.ts';
import { MeansBaseline } from '../../models/baseline/means.ts';
import { PopularityBaseline } from '../../models/baseline/popularity.ts';
import { rankTargets } from '../../models/learner.ts';
import { auc } from '../../models/metrics/auc.ts';
import { logLoss } from '../../models/metrics/log-loss.ts';
import { ndcg } from '../../models/metrics/ranking.ts';

const scratch = mkdtempSync(join(tmpdir(), 'millrace-learns-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('on the first 30,000 ratings of MovieLens', () => {
  it('beats popularity and user + item means, in clicks and in ranks', async () => {
    const learner = loadLearner();
    const models = [learner, new MeansBaseline(), new PopularityBaseline()];
    const predicted: number[][] = models.map(() => []);
    const labels: boolean[] = [];
    const gains: [number, number][] = [];
    for await (const example of stepExamples(movielens, movielensSample, scratch, 30_000)) {
      for (const [i, model] of models.entries()) predicted[i]!.push(...model.predict(example));
      labels.push(...example.items.map(({ positive }) => positive));
      for (const { rank, popularity } of learner.rank(example, rankTargets(example))) {
        gains.push([ndcg(rank), ndcg(popularity)]);
      }
      for (const model of models) model.learn(example);
    }
    expect(labels).toHaveLength(30_000);
    const [ours, means, popularity] = predicted.map((p) => auc(p, labels)) as [
      number,
      number,
      number,
    ];
    expect(means).toBeGreaterThan(popularity);
    expect(ours).toBeGreaterThan(means + 0.025);
    const [loss, meansLoss] = predicted.map((p) => logLoss(p, labels)) as [number, number];
    expect(loss).toBeLessThan(meansLoss - 0.02);
    const mean = (which: 0 | 1) => gains.reduce((sum, gain) => sum + gain[which], 0) / gains.length;
    expect(mean(0)).toBeGreaterThan(2 * mean(1));
  });
});
