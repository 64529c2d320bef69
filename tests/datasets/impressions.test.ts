// What an impression is where the log says more than what was answered: its own propensities, its order.
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { amazonBeauty } from '../../datasets/amazon-log.ts';
import { coat } from '../../datasets/coat-log.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import { openBandit, openBanditLog } from '../../datasets/open-bandit-log.ts';
import { collect, faults } from '../support/log-checks.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const scratch = mkdtempSync(join(tmpdir(), 'millrace-impressions-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function played(dataset: Dataset, limit?: number) {
  const options = { scratch, ...(limit !== undefined && { limit }) };
  await using log = await dataset.open(join(fixtures, dataset.name), options);
  const steps = await collect(log.steps());
  return {
    shown: steps.flatMap((step) => (step.kind === 'impression' ? [step.impression] : [])),
    clicks: steps.flatMap((step) => (step.kind === 'click' ? [step.click] : [])),
    sessions: steps.flatMap((step) => (step.kind === 'session' ? [step.userId] : [])),
  };
}

describe('a round of Open Bandit', () => {
  it('is an impression with its own propensity, position and visitor', async () => {
    const { shown, clicks, sessions } = await played(openBandit);
    expect(shown).toHaveLength(40);
    expect(shown[0]).toMatchObject({
      at: Date.parse('2019-11-24T00:00:00Z'),
      propensitySource: 'drawn',
      slateLogProb: Math.log(0.2),
      candidateCount: 5,
      items: [{ itemId: '4', position: 1, propensity: 0.2 }],
    });
    expect(new Set(shown.flatMap(({ items }) => items.map(({ position }) => position)))).toEqual(
      new Set([0, 1, 2]),
    );
    expect(new Set(sessions).size).toBe(40);
    expect(clicks.length).toBeGreaterThan(5);
    expect(clicks.every(({ positive, value }) => positive && value === 1)).toBe(true);
  });

  it('has the items of the campaign as candidates, however few rounds are played', async () => {
    const { shown } = await played(openBandit, 1);
    expect(shown.map(({ candidateCount }) => candidateCount)).toEqual([5]);
  });

  it('is of the policy and the campaign that are asked for', async () => {
    const { shown } = await played(openBanditLog(['bts'], ['men']));
    const propensities = new Set(shown.map(({ items }) => items[0]!.propensity));
    expect(propensities.size).toBeGreaterThan(1);
    await expect(played(openBanditLog(['random'], ['women']))).rejects.toMatchObject({
      code: 'dataset-file-missing',
    });
  });
});

describe('a campaign of Open Bandit', () => {
  it.each(['all', 'men', 'women'])(
    '%s is read beside the others, and alone in its folder',
    async (name) => {
      const home = mkdtempSync(join(scratch, 'campaign-'));
      const own = join(home, 'bts', name);
      cpSync(join(fixtures, 'open-bandit/bts/men'), own, { recursive: true });
      renameSync(join(own, 'men.csv'), join(own, `${name}.csv`));
      const rows = join(scratch, 'rows');
      const shown = async (dataset: Dataset, folder: string) => {
        await using log = await dataset.open(folder, { scratch: rows });
        const steps = await collect(log.steps());
        expect(faults(steps, log, dataset)).toEqual([]);
        return steps.flatMap((step) => (step.kind === 'impression' ? [step.impression] : []));
      };
      const found = await shown(openBandit, home);
      expect(found).toHaveLength(40);
      expect(await shown(openBandit, own)).toEqual(found);
      expect(await shown(openBanditLog(['bts'], [name]), home)).toEqual(found);
    },
  );
});

describe('a rating of Coat', () => {
  it('comes chosen ones first, a second apart, each with the probability of its item', async () => {
    const { shown, clicks } = await played(coat);
    const start = Date.UTC(2016, 0, 1);
    expect(shown.map(({ at }) => (at - start) / 1000)).toEqual([...shown.keys()]);
    expect(shown.slice(0, 6).map(({ propensitySource }) => propensitySource)).toEqual(
      Array(6).fill('estimated'),
    );
    expect(shown.slice(6).map(({ propensitySource }) => propensitySource)).toEqual(
      Array(6).fill('drawn'),
    );
    // User 0: .5 and .25 of .5 + .1 + .25 + .1; then one of four items.
    expect(shown.slice(0, 2).map(({ items }) => items[0]!.propensity)).toEqual([
      expect.closeTo(0.5 / 0.95, 12),
      expect.closeTo(0.25 / 0.95, 12),
    ]);
    expect(shown[6]!.items[0]!.propensity).toBe(1 / 4);
    expect(clicks.map(({ value }) => value)).toEqual([5, 1, 4, 2, 3, 5, 2, 4, 5, 1, 3, 1]);
    expect(clicks.map(({ positive }) => positive)).toEqual(clicks.map(({ value }) => value >= 4));
  });
});

describe('a review of Amazon', () => {
  it('comes once, in order of time, the last of each user too', async () => {
    const { shown, clicks } = await played(amazonBeauty);
    expect(shown.map(({ userId, items }) => `${userId} ${items[0]!.itemId}`)).toEqual([
      'U1 P1',
      'U3 P5',
      'U1 P2',
      'U2 P3',
      'U2 P4',
      'U1 P3',
      'U2 P1',
      'U3 P3',
      'U3 P6',
    ]);
    expect(clicks.map(({ value }) => value)).toEqual([5, 5, 2, 5, 5, 4, 1, 3, 5]);
    expect(clicks.filter(({ positive }) => positive)).toHaveLength(6);
  });
});
