// What the world writes as official logs, the readers of those logs read back, row by row.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../../datasets/dataset.ts';
import { datasets } from '../../../datasets/index.ts';
import { UniformPolicy } from '../../../models/bandit/uniform.ts';
import { live } from '../../../models/world/live.ts';
import { type Files, kuairecFiles, taobaoFiles } from '../../../models/world/logs.ts';
import { World } from '../../../models/world/world.ts';
import { collect, faults } from '../../support/log-checks.ts';

const world = new World();
const served = [...live(world, new UniformPolicy(), { requests: 60 })];
const shown = served.flatMap(({ examples, context }) =>
  examples[0]!.items.map(({ itemId, positive, position }) => ({
    userId: context.state.userId,
    itemId,
    positive,
    at: context.at + position * 1000,
  })),
);
const liked = shown.filter(({ positive }) => positive);

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-world-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function readBack(dataset: Dataset, files: Files) {
  const write = Object.entries(files).map(([name, text]) => writeFile(join(home, name), text));
  await Promise.all(write);
  await using log = await dataset.open(home, { scratch: join(home, `scratch-${dataset.name}`) });
  const steps = await collect(log.steps());
  expect(faults(steps, log, dataset)).toEqual([]);
  const impressions = steps.flatMap((step) => (step.kind === 'impression' ? [step] : []));
  return {
    catalogue: await collect(dataset.items(home)),
    dead: steps.filter(({ kind }) => kind === 'dead'),
    clicks: steps.flatMap((step) => (step.kind === 'click' ? [step.click] : [])),
    shown: impressions.map(({ impression: { userId, at, items } }) => ({
      userId,
      at,
      itemId: items[0]!.itemId,
    })),
  };
}

describe('logs of the seeded world', () => {
  it('has clicks and passed-over items', () => {
    expect(liked.length).toBeGreaterThan(20);
    expect(liked.length).toBeLessThan(shown.length - 20);
  });

  it('are read as KuaiRec', async () => {
    const back = await readBack(datasets.kuairec, kuairecFiles(world, served));
    expect(back.dead).toEqual([]);
    expect(back.shown).toEqual(shown.map(({ userId, at, itemId }) => ({ userId, at, itemId })));
    const positives = back.clicks.filter(({ positive }) => positive);
    expect(back.clicks).toHaveLength(shown.length); // every view has a watch ratio
    expect(positives.map(({ itemId, at }) => [itemId, at])).toEqual(
      liked.map(({ itemId, at }) => [itemId, at]),
    );
    expect(back.catalogue.map(({ itemId, title, groups }) => [itemId, title, groups])).toEqual(
      world.items.map(({ itemId, title, topics }) => [itemId, title, topics.map(String)]),
    );
  });

  it('are read as Taobao', async () => {
    const back = await readBack(datasets.taobao, taobaoFiles(world, served));
    expect(back.dead).toEqual([]);
    expect(back.shown).toEqual(shown.map(({ userId, at, itemId }) => ({ userId, at, itemId })));
    expect(back.clicks.map(({ itemId, userId }) => [itemId, userId])).toEqual(
      liked.map(({ itemId, userId }) => [itemId, userId]),
    );
    expect(new Set(back.clicks.map(({ kind }) => kind))).toEqual(
      new Set(['cart', 'favourite', 'buy']),
    );
    for (const { itemId, groups } of back.catalogue) {
      expect(groups).toEqual([String(world.item(itemId)!.topics[0])]);
    }
  });
});
