// A seeded world in the place of the language model: its log, and its answers to what is served.
import { describe, expect, it } from '@jest/globals';
import { worldLog, worldOf } from '../../app/demo/world-log.ts';
import { Crowd } from '../../models/world/crowd.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { type Truth, truths } from '../../schemas/topics/truths.ts';
import type { EnricherIo } from '../../streams/engine/enricher.ts';
import { simulateByWorld } from '../../streams/enrichers/simulate-world.ts';
import { give } from '../support/enrichers.ts';
import { impressionOf } from '../support/events.ts';
import { collect, faults } from '../support/log-checks.ts';

const at = 1_700_000_000_000;

/** What the world says to slates, in their order. */
async function answers(seed: number, slates: readonly string[][]) {
  const said = { clicks: [] as Click[], truths: [] as Truth[] };
  const emit = async (topic: AnyTopic, events: readonly unknown[]) => {
    if (topic === clicks) said.clicks.push(...(events as Click[]));
    if (topic === truths) said.truths.push(...(events as Truth[]));
  };
  const enricher = simulateByWorld(worldOf(seed)).create({ emit } as unknown as EnricherIo);
  for (const [i, slate] of slates.entries()) {
    const served = impressionOf(`served-${i}`, '7', at + i * 60_000, slate, { servedBy: 'served' });
    await give(enricher, impressions, served);
  }
  return said;
}

describe('simulate by a seeded world', () => {
  const slates = Array.from({ length: 400 }, (_, i) => [`${i % 40}`, `${40 + (i % 31)}`]);

  it('answers the same to the same slate, whatever it was asked before', async () => {
    const all = await answers(3, slates);
    const again = await answers(3, [...slates.slice(0, 9), ...slates]);
    expect(again.clicks.slice(-5)).not.toEqual(all.clicks.slice(-5)); // other ids, other draws
    expect(await answers(3, slates)).toEqual(all);
    const ninth = (said: typeof all) =>
      said.clicks.filter((one) => one.impressionId === 'served-9');
    expect(ninth(await answers(3, slates.slice(0, 10)))).toEqual(ninth(all));
  });

  it('clicks as often as the truth that it tells, and knows what would have been best', async () => {
    const said = await answers(3, slates);
    const expected = said.truths.reduce((sum, truth) => sum + truth.expected, 0);
    // A variance of at most p summed over the positions.
    expect(Math.abs(said.clicks.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
    const world = worldOf(3);
    const ids = world.items.map(({ itemId }) => itemId);
    const [first] = said.truths;
    const crowd = new Crowd(world);
    expect(first!.expected).toBe(crowd.expectedReward('7', slates[0]!, at));
    expect(first!.best).toBe(crowd.expectedReward('7', crowd.bestSlate('7', ids, 2, at), at));
    for (const { expected: own, best } of said.truths) expect(own).toBeLessThanOrEqual(best);
  });

  it('leaves what others served to others', async () => {
    const enricher = simulateByWorld(worldOf(3)).create({
      emit: () => {
        throw new Error('It said something.');
      },
    } as unknown as EnricherIo);
    await give(enricher, impressions, impressionOf('a', '7', at, ['1', '2']));
  });
});

describe('the log of a seeded world', () => {
  const scratch = { scratch: '' };

  it('keeps what every log keeps, and is the same for the same seed', async () => {
    const dataset = worldLog(worldOf(2));
    await using log = await dataset.open('', { ...scratch, limit: 3_000 });
    const steps = await collect(log.steps());
    expect(faults(steps, log, dataset)).toEqual([]);
    expect(log.rows).toBe(3_000);
    const other = await worldLog(worldOf(2)).open('', { ...scratch, limit: 3_000 });
    expect(await collect(other.steps())).toEqual(steps);
    expect(steps.filter(({ kind }) => kind === 'session').length).toBeGreaterThan(60);
    expect(steps.filter(({ kind }) => kind === 'click').length).toBeGreaterThan(300);
  });

  it('has a catalogue without the truth', async () => {
    const items = await collect(worldLog(worldOf(2)).items(''));
    expect(items).toHaveLength(400);
    expect(Object.keys(items[0]!).sort()).toEqual(
      ['at', 'attributes', 'groups', 'itemId', 'text', 'title'].sort(),
    );
  });
});
