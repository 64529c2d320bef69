// When `attribute` closes its windows, what is late to it, and how much it holds.
import { describe, expect, it } from '@jest/globals';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { openStore } from '../../streams/serve/attribute.ts';
import { attribution, codes, held, tick, window } from '../support/attribution.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';

describe('the windows of attribute', () => {
  it('closes windows by the time of the stream, which any user of the partition moves', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(clicks, clickOf('c', 'unknown', 'somebody', 'x', window));
    run.drain();
    expect(run.events(examples).map(({ closedAt }) => closedAt)).toEqual([window]);
  });

  it('leaves windows open for the time of another partition', () => {
    const run = attribution({ partitions: 2 });
    const users = Array.from({ length: 20 }, (_, i) => `u${i}`);
    for (const user of users) run.send(impressions, impressionOf(`of-${user}`, user, 0, ['a']));
    run.drain();
    const [first, second] = run.records(impressions).map((log) => log.length);
    expect(first! * second!).toBeGreaterThan(0);
    const [mine, others] = run.records(impressions).map((log) => log[0]!.key);
    run.send(impressions, impressionOf('later', mine!, window, []));
    run.drain();
    expect(run.events(examples)).toHaveLength(first!);
    run.send(impressions, impressionOf('later-too', others!, window, []));
    run.drain();
    expect(run.events(examples)).toHaveLength(first! + second!);
  });

  it('joins a click that comes behind the time of the stream while its window is open', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(impressions, tick(window - 1));
    run.drain();
    run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 10, { value: 3 }));
    run.send(impressions, tick(window));
    run.drain();
    expect(run.events(deadLetters)).toEqual([]);
    expect(run.events(examples)[0]?.items[0]?.reward).toBe(3);
  });

  it('counts a click as late by the time of the stream, whatever its own time', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(impressions, tick(window));
    run.drain();
    run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 10));
    run.drain();
    expect(run.events(deadLetters).map(({ code, at }) => [code, at])).toEqual([['click-late', 10]]);
    expect(run.events(examples)[0]?.items[0]?.reward).toBe(0);
  });

  it('tells a late click from an orphan for one more window, then no longer', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 2 * window - 1));
    run.send(clicks, clickOf('c2', 'i1', 'u', 'a', 2 * window));
    run.drain();
    expect(codes(run)).toEqual(['click-late', 'click-orphan']);
  });

  it('closes a slate that comes after its own window as soon as time moves on', () => {
    const run = attribution();
    run.send(impressions, tick(10 * window));
    run.drain();
    run.send(impressions, impressionOf('old', 'u', 0, ['a']));
    run.send(impressions, tick(10 * window));
    run.drain();
    expect(run.events(examples)).toEqual([]);
    run.send(impressions, tick(10 * window + 1));
    run.drain();
    expect(run.events(examples).map(({ impressionId }) => impressionId)).toEqual(['old']);
    expect(held(run)).toBe(0);
  });

  it('waits for feedback on its own slates as long as their window says', () => {
    const run = attribution({}, 3 * window);
    for (const id of ['a', 'b', 'c']) run.send(items, itemOf(id));
    const request = { requestId: 'r1', userId: 'u', at: 0, k: 1, surface: 'test' };
    run.send(requests, requestOf({ ...request, candidates: ['a', 'b', 'c'] }));
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(impressions, tick(3 * window - 1));
    run.drain();
    expect(run.events(examples).map(({ servedBy }) => servedBy)).toEqual(['logged']);
    run.send(impressions, tick(3 * window));
    run.drain();
    expect(run.events(examples).map(({ servedBy }) => servedBy)).toEqual(['logged', 'served']);
  });

  it('closes after a restart the windows that were open before it, and knows what was late', () => {
    const played = (restarts: boolean) => {
      const run = attribution({ commitEvery: 2 });
      const again = () => {
        run.drain();
        if (restarts) run.restart();
      };
      run.send(impressions, impressionOf('i1', 'u', 0, ['a', 'b']));
      run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 10, { value: 2 }));
      again();
      run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 20, { value: 2 }));
      run.send(clicks, clickOf('c2', 'i1', 'u', 'b', 30));
      run.send(impressions, impressionOf('i2', 'u', 40, ['c']));
      run.send(impressions, tick(window + 20));
      again();
      run.send(clicks, clickOf('c3', 'i1', 'u', 'a', 50)); // its window has closed
      run.send(clicks, clickOf('c4', 'i2', 'u', 'c', 60)); // its window is open for 20 ms
      again();
      run.send(impressions, tick(3 * window));
      again();
      return run;
    };
    const run = played(true);
    expect(codes(run)).toEqual(['click-duplicate', 'click-late']);
    expect(run.events(examples).map(({ items }) => items.map(({ reward }) => reward))).toEqual([
      [2, 1],
      [1],
    ]);
    for (const topic of [examples, rewards, deadLetters]) {
      expect(run.bytes(topic)).toEqual(played(false).bytes(topic));
    }
    expect(held(run)).toBe(0);
  });

  it('holds at every moment the slates of two windows at the most', () => {
    const every = 100;
    let most = 0;
    const run = attribution({
      faults: ({ stage, task }) => {
        if (stage.name === 'serve') most = Math.max(most, task.stateOf(openStore).size);
        return undefined;
      },
    });
    for (let i = 0; i < 200; i++) {
      run.send(impressions, impressionOf(`i${i}`, `u${i % 7}`, i * every, ['a']));
      run.send(clicks, clickOf(`c${i}`, `i${i}`, `u${i % 7}`, 'a', i * every + 50));
    }
    run.drain();
    expect(most).toBe((2 * window) / every);
    expect(run.events(rewards)).toHaveLength(200);
  });
});
