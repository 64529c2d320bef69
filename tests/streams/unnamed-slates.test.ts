// An answer that names no slate is one to the user's latest slate with the item, while it waits.
import { describe, expect, it } from '@jest/globals';
import { topics } from '../../schemas/index.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { serveDefaults, serveStage } from '../../streams/serve/stage.ts';
import { clickOf, impressionOf } from '../support/events.ts';

const stage = () => serveStage({ ...serveDefaults, attributionWindowMs: 1_000 });

function shop(commitEvery = 1): MemoryRuntime {
  const topology = { stages: [stage()], enrichers: [] };
  return new MemoryRuntime(topology, { topics, commitEvery });
}

const joined = (runtime: MemoryRuntime) =>
  runtime.events(rewards).map(({ clickId, impressionId }) => [clickId, impressionId]);

describe('an answer that names no slate', () => {
  it('joins the latest slate of its user with its item, and no other', () => {
    const runtime = shop();
    runtime.send(impressions, impressionOf('old', 'u', 100, ['x', 'y']));
    runtime.send(impressions, impressionOf('new', 'u', 200, ['x']));
    runtime.send(impressions, impressionOf('others', 'v', 250, ['x', 'y', 'z']));
    runtime.send(clicks, clickOf('c1', '', 'u', 'x', 300));
    runtime.send(clicks, clickOf('c2', '', 'u', 'y', 310));
    runtime.send(clicks, clickOf('c3', '', 'u', 'z', 320));
    runtime.send(clicks, clickOf('c4', 'old', 'u', 'x', 330));
    runtime.send(impressions, impressionOf('newest', 'u', 400, ['x']));
    runtime.send(clicks, clickOf('c5', '', 'u', 'x', 410));
    runtime.drain();
    expect(joined(runtime)).toEqual([
      ['c1', 'new'],
      ['c2', 'old'],
      ['c4', 'old'],
      ['c5', 'newest'],
    ]);
    expect(runtime.events(deadLetters).map(({ code }) => code)).toEqual(['click-orphan']);
  });

  it('joins none that is closed, or was shown after it', () => {
    const runtime = shop();
    runtime.send(impressions, impressionOf('i', 'u', 100, ['x']));
    runtime.send(clicks, clickOf('late', '', 'u', 'x', 1_100));
    runtime.send(impressions, impressionOf('after', 'u', 2_000, ['x']));
    runtime.drain();
    runtime.send(clicks, clickOf('before', '', 'u', 'x', 1_999));
    runtime.drain();
    expect(joined(runtime)).toEqual([]);
  });

  it('joins the same after a restart, and after what was taken back', () => {
    const runtime = shop(3);
    runtime.send(impressions, impressionOf('i', 'u', 100, ['x']));
    runtime.send(clicks, clickOf('c1', '', 'u', 'x', 110));
    runtime.drain();
    runtime.restart();
    runtime.send(clicks, clickOf('c2', '', 'u', 'x', 120));
    runtime.send(impressions, impressionOf('j', 'u', 130, ['x']));
    runtime.send(clicks, clickOf('c3', '', 'u', 'x', 140));
    runtime.drain();
    expect(joined(runtime)).toEqual([
      ['c1', 'i'],
      ['c2', 'i'],
      ['c3', 'j'],
    ]);
  });
});
