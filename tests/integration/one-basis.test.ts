// Two members with the language model on one broker: one basis, equal by hash, also in a member that is
// started again, and in a rebuild.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { rebuilderOf } from '../../app/rebuild/rebuild.ts';
import type { Pipeline } from '../../infra/kafka/pipeline.ts';
import { FITTED } from '../../models/llm/bases.ts';
import { normal } from '../../models/normal.ts';
import { hash32, Random } from '../../models/random.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { snapshotTable } from '../../streams/engine/snapshot-table.ts';
import { representEnricher } from '../../streams/enrichers/represent.ts';
import { basisStage, publishedBases } from '../../streams/learn/basis-stage.ts';
import { serveDefaults, serveStage } from '../../streams/serve/stage.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';
import { describeOnInfra } from '../support/infra.ts';
import { portsOf } from '../support/schedulers.ts';
import { type Event, testStreams } from '../support/streams.ts';

const HOUR = 3_600_000;
const WIDTH = 80;
const ids = Array.from({ length: 90 }, (_, i) => `item-${i}`);
const variants = [{ name: 'llm', policy: 'llm', share: 1, exploration: {} }];

/** A member's own machine: its numbers are a little different from those of others. */
function machine(name: string) {
  return fakeModel({
    name: 'model',
    width: WIDTH,
    async embed(prompt) {
      const [random, own] = [new Random(hash32(prompt)), new Random(hash32(name, hash32(prompt)))];
      return Float32Array.from({ length: WIDTH }, () => normal(random) + 1e-4 * normal(own));
    },
  });
}

function topologyOf(name: string) {
  const serve = {
    ...serveDefaults,
    variants,
    attributionWindowMs: HOUR,
    servedWindowMs: HOUR,
  };
  return {
    stages: [basisStage(), serveStage(serve)],
    enrichers: [representEnricher(portsOf(machine(name)), ['policy'])],
  };
}

/** The id of the basis that a member works in; undefined before it has one. */
function spaceOf({ tables }: Pipeline): string | undefined {
  const own = tables.of(vectorsTable).of('policy');
  return own.in(publishedBases().of(tables.of(snapshotTable)).of(own.model))?.id;
}

/** Slates of chance by ten users, the first item of each liked. */
function shown(from: number, to: number): Event[] {
  const random = new Random(from);
  return Array.from({ length: to - from }, (_, n) => {
    const [id, userId, at] = [`i${from + n}`, `u${n % 10}`, (from + n) * 2 * HOUR];
    const slate = [...new Set(Array.from({ length: 6 }, () => ids[random.below(ids.length)]!))];
    return [
      { topic: impressions, event: impressionOf(id, userId, at, slate) },
      { topic: clicks, event: clickOf(`c-${id}`, id, userId, slate[0]!, at + 1) },
    ];
  }).flat();
}

/** Waits until the stages of both have processed everything, twice in a row; a stage of one task runs in one. */
async function processed(...members: readonly Pipeline[]): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    await sleep(200);
    const lags = (await Promise.all(members.map((member) => member.lags()))).flat();
    const tasks = new Set(lags.map(({ stage, partition }) => `${stage}/${partition}`));
    quiet = tasks.size === 3 && lags.every(({ lag }) => lag === 0) ? quiet + 1 : 0;
  }
}

describeOnInfra('two members with the language model', () => {
  it('have one basis, also after a restart, and a rebuild makes the same', async () => {
    const streams = await testStreams(2);
    await streams.send(ids.map((id) => ({ topic: items, event: itemOf(id, [], id) })));
    await using one = streams.pipeline(topologyOf('one'));
    const two = streams.pipeline(topologyOf('two'));
    await Promise.all([one.start(), two.start()]);
    await streams.send(shown(0, 60));
    while (!spaceOf(one) || !spaceOf(two)) await sleep(50);
    await streams.send(shown(60, 160));
    await processed(one, two);
    const space = spaceOf(one)!;
    expect(spaceOf(two)).toBe(space);
    // Both made vectors.
    const made = await streams.committed(itemVectors);
    expect(new Set(made.map(({ itemId }) => itemId)).size).toBeGreaterThanOrEqual(FITTED);
    const counts = [one, two].map(({ enrichers }) => enrichers[0]!.counts.vectors!);
    expect(Math.min(...counts)).toBeGreaterThan(5);

    await two[Symbol.asyncDispose]();
    await using again = streams.pipeline(topologyOf('three'));
    await again.start();
    await streams.send(shown(160, 220));
    await processed(one, again);
    expect(spaceOf(again)).toBe(space);

    // Nobody ever worked in another.
    const seen = (await streams.committed(examples)).filter((example) => example.space !== '');
    expect(seen.length).toBeGreaterThan(50);
    expect(new Set(seen.map((example) => example.space))).toEqual(new Set([space]));
    const published = await streams.committed(snapshots);
    expect(published.filter(({ policy }) => policy === 'llm-basis')).toHaveLength(1);
    const rebuilt = await rebuilderOf('llm-basis', topologyOf('rebuild'))(streams);
    expect(rebuilt).toMatchObject({ name: 'llm-basis', equal: true });
  }, 180_000);
});
