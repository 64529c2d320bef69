// Logs of medicine, jobs and shops end to end, without a broker: replay, decisions, metrics.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Dataset, LogStep } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';
import { gini } from '../../models/metrics/exposure.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { collect } from '../support/log-checks.ts';
import { memoryLoop } from '../support/memory-loop.ts';

const fixtures = join(import.meta.dirname, '../datasets/fixtures');

async function stepsOf(dataset: Dataset, folder: string): Promise<LogStep[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'millrace-domain-'));
  try {
    await using log = await dataset.open(folder, { scratch });
    return await collect(log.steps());
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const domains = ['mimic-demo', 'mimic-iv', 'eicu', 'boss-zhipin', 'amazon-industrial'] as const;

describe.each(domains)('%s, from the log to its metrics', (name) => {
  it('attributes what the log says, decides for returning users, and is measured', async () => {
    const log = { dataset: datasets[name], folder: join(fixtures, name) };
    const steps = await stepsOf(log.dataset, log.folder);
    const runtime = await memoryLoop({ log, rows: 1000, salt: 'one', servedFrom: 0.5 });

    // Every slate of the log is one example, with the clicks and the reward that the log has for it.
    const shown = steps.flatMap((step) => (step.kind === 'impression' ? [step.impression] : []));
    const clicked = steps.flatMap((step) => (step.kind === 'click' ? [step.click] : []));
    const logged = runtime.events(examples).filter(({ servedBy }) => servedBy === 'logged');
    const ids = (of: readonly { impressionId: string }[]) =>
      of.map((one) => one.impressionId).sort();
    expect(ids(logged)).toEqual(ids(shown));
    const positives = logged.flatMap(({ items }) => items.filter(({ positive }) => positive));
    expect(positives).toHaveLength(clicked.filter(({ positive }) => positive).length);
    const total = runtime.events(rewards).reduce((sum, { value }) => sum + value, 0);
    expect(total).toBeCloseTo(
      clicked.reduce((sum, { value }) => sum + value, 0),
      9,
    );

    // Decisions come with the propensities of the draw.
    const served = runtime.events(impressions).filter(({ servedBy }) => servedBy === 'served');
    expect(served.length).toBeGreaterThan(0);
    for (const { items, slateLogProb } of served) {
      expect(items.length).toBeGreaterThan(0);
      const logs = items.map(({ propensity }) => Math.log(propensity));
      expect(slateLogProb).toBeCloseTo(
        logs.reduce((sum, one) => sum + one, 0),
        9,
      );
    }

    // Metrics of the logged part and of the decisions.
    const ctr = positives.length / logged.flatMap(({ items }) => items).length;
    const inLog = shown.flatMap(({ items }) => items).length;
    expect(ctr).toBeCloseTo(clicked.filter(({ positive }) => positive).length / inLog, 12);
    const counts = new Map<string, number>();
    for (const { itemId } of served.flatMap(({ items }) => items)) {
      counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
    }
    const spread = gini([...counts.values()]);
    expect(spread).toBeGreaterThanOrEqual(0);
    expect(spread).toBeLessThan(1);
  }, 60_000);
});
