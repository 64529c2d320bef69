import { describe, expect, it } from '@jest/globals';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { openStore } from '../../streams/serve/attribute.ts';
import { attribution, tick, window } from '../support/attribution.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';

describe('attribute', () => {
  it('joins clicks with their slate, and closes the window as an example', () => {
    const run = attribution();
    run.send(items, itemOf('b', ['war']));
    run.send(impressions, impressionOf('i1', 'u', 100, ['a', 'b']));
    run.send(clicks, clickOf('c1', 'i1', 'u', 'b', 300, { value: 4 }));
    run.send(clicks, clickOf('c2', 'i1', 'u', 'b', 400, { value: 0.5 }));
    run.send(impressions, tick(100 + window - 1));
    run.drain();
    expect(run.events(examples)).toEqual([]);
    run.send(impressions, tick(100 + window));
    run.drain();
    const [example] = run.events(examples);
    expect(example).toMatchObject({ impressionId: 'i1', at: 100, closedAt: 100 + window });
    expect(
      example?.items.map(({ itemId, positive, reward, groups }) => [
        itemId,
        positive,
        reward,
        groups,
      ]),
    ).toEqual([
      ['a', false, 0, []],
      ['b', true, 4.5, ['war']],
    ]);
    expect(run.events(rewards).map(({ clickId, value }) => [clickId, value])).toEqual([
      ['c1', 4],
      ['c2', 0.5],
    ]);
  });

  it('makes an example with reward 0 of a window without a click: absence is an event', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(impressions, tick(window));
    run.drain();
    expect(run.events(examples)[0]?.items[0]).toMatchObject({ positive: false, reward: 0 });
  });

  it('carries the state as it was at the decision, never later', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 10));
    run.send(impressions, impressionOf('i2', 'u', 20, ['b']));
    run.send(clicks, clickOf('c2', 'i2', 'u', 'b', 30));
    run.send(impressions, tick(5_000));
    run.drain();
    const states = run
      .events(examples)
      .map(({ impressionId, state }) => [
        impressionId,
        state.feedbacks,
        state.recent.map(({ itemId }) => itemId),
      ]);
    expect(states).toEqual([
      ['i1', 0, []],
      ['i2', 1, ['a']],
    ]);
  });

  it('gives the same examples whatever the order of arrival across topics', () => {
    const inOrder = attribution();
    const clicksFirst = attribution();
    const slates = [
      impressionOf('i1', 'u', 0, ['a']),
      impressionOf('i2', 'u', 50, ['b']),
      tick(9_000),
    ];
    const answers = [clickOf('c1', 'i1', 'u', 'a', 40), clickOf('c2', 'i2', 'u', 'b', 60)];
    for (const slate of slates) inOrder.send(impressions, slate);
    for (const answer of answers) inOrder.send(clicks, answer);
    for (const answer of answers) clicksFirst.send(clicks, answer);
    for (const slate of slates) clicksFirst.send(impressions, slate);
    inOrder.drain();
    clicksFirst.drain();
    expect(clicksFirst.bytes(examples)).toEqual(inOrder.bytes(examples));
    expect(inOrder.events(examples)).toHaveLength(2);
  });

  it('sends late, orphan and repeated clicks to the dead letters, with the reason', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 10));
    run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 11));
    run.send(clicks, clickOf('c2', 'unknown', 'u', 'a', 12));
    run.send(clicks, clickOf('c3', 'i1', 'u', 'not-shown', 13));
    run.send(clicks, clickOf('c4', 'i1', 'u', 'a', window));
    run.drain();
    const dead = run.events(deadLetters);
    expect(dead.map(({ code, offset }) => [code, offset])).toEqual([
      ['click-duplicate', 1],
      ['click-orphan', 2],
      ['click-orphan', 3],
      ['click-late', 4],
    ]);
    expect(JSON.parse(dead[3]!.data.toString())).toMatchObject({ clickId: 'c4' });
    expect(run.events(examples)[0]?.items[0]?.reward).toBe(1);
  });

  it('forgets a closed slate after one more window: state is bounded by the windows', () => {
    const run = attribution();
    for (let i = 0; i < 50; i++) run.send(impressions, impressionOf(`i${i}`, 'u', i * 100, ['a']));
    run.send(impressions, tick(50 * 100 + 2 * window));
    run.drain();
    expect(run.events(examples)).toHaveLength(50);
    expect([...run.task('serve').stateOf(openStore).entries()]).toEqual([]);
  });

  it('counts a slate once that is delivered twice', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(impressions, impressionOf('i1', 'u', 0, ['a']));
    run.send(impressions, tick(5_000));
    run.drain();
    expect(run.events(examples)).toHaveLength(1);
  });

  it('answers each place of an item that stands twice in a slate', () => {
    const run = attribution();
    run.send(impressions, impressionOf('i1', 'u', 0, ['a', 'a']));
    run.send(clicks, clickOf('c1', 'i1', 'u', 'a', 10, { value: 4 }));
    run.send(clicks, clickOf('c2', 'i1', 'u', 'a', 20, { value: 2, positive: false }));
    run.send(impressions, tick(5_000));
    run.drain();
    expect(run.events(examples)[0]?.items.map(({ reward }) => reward)).toEqual([4, 2]);
  });
});
