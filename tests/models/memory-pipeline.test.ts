// The pipeline in memory: the examples of the streams, without the streams.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Dataset, LogStep } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';
import { MemoryPipeline } from '../../models/memory-pipeline.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults, serveStage } from '../../streams/serve/stage.ts';
import { fixtureOf } from '../support/fixture-of.ts';
import { collect } from '../support/log-checks.ts';

const scratch = mkdtempSync(join(tmpdir(), 'millrace-pipeline-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a log that is played', () => {
  it.each(Object.values<Dataset>(datasets))(
    'gives the examples of the serving stage: $name',
    async (dataset) => {
      const folder = fixtureOf(dataset.name);
      await using log = await dataset.open(folder, { scratch });
      const steps = await collect(log.steps());
      const catalogue = await collect(dataset.items(folder));
      const windowMs = dataset.attributionWindowMs;

      const stage = serveStage({ ...serveDefaults, attributionWindowMs: windowMs });
      const runtime = new MemoryRuntime({ stages: [stage], enrichers: [] });
      for (const item of catalogue) runtime.send(items, item);
      for (const step of steps) {
        if (step.kind === 'impression') runtime.send(impressions, step.impression);
        if (step.kind === 'click') runtime.send(clicks, step.click);
        if (step.kind === 'end') {
          const { at } = step;
          const impressionId = 'the end';
          runtime.send(impressions, loggedImpression({ impressionId, userId: 'u', at }, []));
        }
        runtime.drain();
      }

      const groups = new Map(catalogue.map((item) => [item.itemId, item.groups]));
      const groupsOf = (itemId: string) => groups.get(itemId) ?? [];
      const played = play(steps, new MemoryPipeline({ groupsOf, windowMs }));
      const byId = (all: readonly Example[]) =>
        all.toSorted((a, b) => (a.impressionId < b.impressionId ? -1 : 1));
      expect(played.length).toBeGreaterThan(2);
      expect(byId(played)).toEqual(byId(runtime.events(examples)));
    },
  );
});

function play(steps: readonly LogStep[], pipeline: MemoryPipeline): Example[] {
  return steps.flatMap((step) => {
    const closed = [...pipeline.advance(step.at)];
    if (step.kind === 'impression') pipeline.show(step.impression);
    if (step.kind === 'click') pipeline.answer(step.click);
    return closed;
  });
}

describe('windows in memory', () => {
  const shown = (impressionId: string, at: number) =>
    loggedImpression({ impressionId, userId: 'u', at }, [{ itemId: 'a' }]);

  it('close in the order of their ends, the later ones stay', () => {
    const pipeline = new MemoryPipeline({ windowMs: 100 });
    pipeline.show(shown('s1', 0));
    pipeline.show(shown('s2', 50));
    expect([...pipeline.advance(99)]).toEqual([]);
    expect([...pipeline.advance(100)].map(({ impressionId }) => impressionId)).toEqual(['s1']);
    pipeline.show(shown('s3', 100));
    const late = loggedClick({
      clickId: 'c',
      impressionId: 's1',
      userId: 'u',
      itemId: 'a',
      at: 120,
    });
    expect(pipeline.answer(late)).toMatchObject({ kind: 'refused', code: 'click-late' });
    expect([...pipeline.advance(300)].map(({ impressionId }) => impressionId)).toEqual([
      's2',
      's3',
    ]);
    expect(pipeline.answer(late)).toMatchObject({ kind: 'refused', code: 'click-orphan' });
    expect([...pipeline.advance(9999)]).toEqual([]);
  });

  it('knows the user as before the slate, and remembers what came of it', () => {
    const pipeline = new MemoryPipeline({ groupsOf: (itemId) => [`group of ${itemId}`] });
    const answer = { impressionId: 's1', userId: 'u', itemId: 'a', at: 0 };
    const first = pipeline.take(shown('s1', 0), [loggedClick({ ...answer, clickId: 'c' })]);
    const second = pipeline.take(shown('s2', 1), []);
    expect(first).toMatchObject({ state: { impressions: 0, feedbacks: 0 }, closedAt: 1000 });
    expect(second).toMatchObject({ state: { impressions: 1, feedbacks: 1, positives: 1 } });
    expect([first, second].map(({ items: [item] }) => item!.positive)).toEqual([true, false]);
    expect(pipeline.stateOf('u').groups.map(({ group }) => group)).toEqual(['group of a']);
  });

  it('says which click is no answer to a slate that is taken whole', () => {
    const pipeline = new MemoryPipeline();
    const answer = { clickId: 'c', impressionId: 's1', userId: 'u', itemId: 'a', at: 0 };
    const take =
      (...given: Parameters<typeof loggedClick>[0][]) =>
      () =>
        pipeline.take(shown('s1', 0), given.map(loggedClick));
    expect(take({ ...answer, itemId: 'b' })).toThrow(
      expect.objectContaining({ code: 'click-orphan' }),
    );
    expect(take({ ...answer, at: 1000 })).toThrow(expect.objectContaining({ code: 'click-late' }));
    expect(take(answer, answer)).toThrow(expect.objectContaining({ code: 'click-duplicate' }));
  });

  it('tells items apart where a log knows no positions', () => {
    const impression = loggedImpression({ impressionId: 's', userId: 'u', at: 0 }, [
      { itemId: 'a', position: 0 },
      { itemId: 'b', position: 0 },
      { itemId: 'b', position: 0 },
    ]);
    const click = (clickId: string) =>
      loggedClick({ clickId, impressionId: 's', userId: 'u', itemId: 'b', at: 0 });
    const positives = (...ids: string[]) =>
      new MemoryPipeline().take(impression, ids.map(click)).items.map(({ positive }) => positive);
    expect(positives('c')).toEqual([false, true, false]);
    expect(positives('c', 'd')).toEqual([false, true, true]);
  });
});

describe('an example', () => {
  it('is made by the attribution alone', () => {
    const root = join(import.meta.dirname, '../..');
    const rooms = ['app', 'bench', 'bin', 'datasets', 'evaluate', 'infra', 'models', 'streams'];
    const makers = rooms
      .flatMap((room) =>
        readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((name) =>
          join(room, name),
        ),
      )
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .filter((name) => /\bclosedAt:/.test(readFileSync(join(root, name), 'utf8')));
    expect(makers).toEqual([join('models', 'attribution.ts')]);
  });
});
