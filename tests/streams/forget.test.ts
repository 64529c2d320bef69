// A user who is forgotten is nowhere in the stages: not in state, waiting slates, what learners keep; what
// comes late is not taken, and who comes back is new.
import { describe, expect, it } from '@jest/globals';
import { topics } from '../../schemas/index.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { fingerprintOf, forgotten } from '../../schemas/topics/forgotten.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { openImpressions } from '../../schemas/topics/open-impressions.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { snapshotTable } from '../../streams/engine/snapshot-table.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';

const him = 'user-quetzalcoatl';
const windowMs = 1_000;
const topology = () =>
  mainTopology({
    serve: {
      ...serveDefaults,
      attributionWindowMs: windowMs,
      servedWindowMs: windowMs,
      variants: ['means', 'ppo', 'actor-critic', 'doubly-robust', 'millrace'].map((policy) => ({
        ...{ name: policy, policy, share: 1 },
        exploration: { temperature: 1, floor: 0.05 },
      })),
    },
    learn: { snapshotEvery: 3, snapshotEveryServed: 3 },
    promote: [
      {
        ...{ experimentId: 'e', candidate: 'ppo', incumbent: 'means', share: 2, salt: 'millrace' },
      },
    ],
  });

/** Slates and answers of three users, one of them him, up to the time 10,000. */
function lived(): MemoryRuntime {
  const runtime = new MemoryRuntime(topology(), { topics });
  for (let i = 0; i < 10; i++) runtime.send(items, itemOf(`x${i}`, ['g']));
  for (let i = 0; i < 30; i++) {
    const userId = i % 3 === 0 ? him : `user-${i % 3}`;
    const at = 100 + i * 300;
    runtime.send(impressions, impressionOf(`i${i}`, userId, at, ['x1', 'x2', 'x3']));
    runtime.send(clicks, clickOf(`c${i}`, `i${i}`, userId, 'x2', at + 10));
    const request = { requestId: `r${i}`, userId, at: at + 20, k: 3, surface: 'test' };
    runtime.send(requests, requestOf(request));
  }
  runtime.send(impressions, impressionOf('waits', him, 9_999, ['x1']));
  runtime.send(impressions, impressionOf('end', 'user-1', 10_000, ['x1']));
  runtime.drain();
  return runtime;
}

const mark = (at: number) => ({ fingerprint: fingerprintOf(him), userId: him, at });

/** Names of the policies whose latest snapshots have his id in their bytes. */
function snapshotsThatNameHim(runtime: MemoryRuntime): string[] {
  const table = runtime.tables.of(snapshotTable);
  const names = new Set(runtime.events(snapshots).map(({ policy }) => policy));
  return [...names].filter((name) => Buffer.from(table.latest(name)!.bytes).includes(him)).sort();
}

/** What the stores of `serve` hold that names him. */
function stateOf(runtime: MemoryRuntime) {
  const { stores } = topology().stages.find(({ name }) => name === 'serve')!;
  const held = stores.flatMap((def) => [...runtime.task('serve').stateOf(def).entries()]);
  return held.filter((entry) => JSON.stringify(entry).includes(him));
}

describe('forgetting a user', () => {
  it('takes state, waiting slates and what every learner kept under the id', () => {
    const runtime = lived();
    expect(stateOf(runtime)).toHaveLength(2);
    const kept = snapshotsThatNameHim(runtime);
    for (const name of ['millrace', 'means', 'promote-e']) expect(kept).toContain(name);
    runtime.send(forgotten, mark(10_000));
    runtime.drain();
    expect(stateOf(runtime)).toEqual([]);
    expect(snapshotsThatNameHim(runtime)).toEqual([]);
    const [told] = runtime.records(examples);
    expect(told!.filter(({ bytes }) => bytes === null).map(({ key }) => key)).toEqual([him]);
    // Their changelogs say so too, for who restores.
    expect(runtime.records(userStates).flat().at(-1)).toMatchObject({ key: him, bytes: null });
    expect(
      runtime
        .records(openImpressions)
        .flat()
        .some(({ bytes }) => bytes === null),
    ).toBe(true);
    runtime.restart();
    runtime.drain();
    expect(stateOf(runtime)).toEqual([]);
    expect(snapshotsThatNameHim(runtime)).toEqual([]);
  });

  it('lets no late event bring the user back, before and after a restart', () => {
    const runtime = lived();
    runtime.send(forgotten, mark(10_000));
    runtime.drain();
    const before = runtime.records(examples).flat().length;
    for (const again of [false, true]) {
      if (again) runtime.restart();
      const id = again ? 'late2' : 'late1';
      runtime.send(impressions, impressionOf(id, him, 9_998, ['x1']));
      runtime.send(clicks, clickOf(`c-${id}`, id, him, 'x1', 9_999));
      const request = { requestId: id, userId: him, at: 10_000, k: 3, surface: 'test' };
      runtime.send(requests, requestOf(request));
      runtime.drain();
      expect(stateOf(runtime)).toEqual([]);
    }
    expect(runtime.records(examples).flat()).toHaveLength(before);
    const late = runtime.events(deadLetters).filter(({ code }) => code === 'user-forgotten');
    expect(late.map(({ origin }) => origin).sort()).toEqual(
      ['clicks', 'impressions', 'requests'].flatMap((one) => [one, one]),
    );
    // A dead letter says where the record is, and nothing of it.
    expect(JSON.stringify(late)).not.toContain(him);
    expect(late.every(({ data }) => data.length === 0)).toBe(true);
  });

  it('takes who comes back for somebody new, and asked twice does nothing twice', () => {
    const runtime = lived();
    runtime.send(forgotten, mark(10_000));
    runtime.send(impressions, impressionOf('back', him, 10_001, ['x1']));
    runtime.drain();
    const state = runtime
      .events(userStates)
      .filter(({ userId }) => userId === him)
      .at(-1)!;
    expect(state).toMatchObject({ impressions: 1, feedbacks: 0, recent: [] });
    const told = runtime.records(examples).flat().length;
    // The record that takes the place of the first, without the id, and the first once more.
    runtime.send(forgotten, { ...mark(10_000), userId: '' });
    runtime.send(forgotten, mark(10_000));
    runtime.drain();
    expect(runtime.records(examples).flat()).toHaveLength(told);
    expect(stateOf(runtime).length).toBeGreaterThan(0);
  });

  it('finds the user by the fingerprint where the first record is compacted away', () => {
    const runtime = lived();
    runtime.send(forgotten, { ...mark(10_000), userId: '' });
    runtime.drain();
    expect(stateOf(runtime)).toEqual([]);
    expect(snapshotsThatNameHim(runtime)).toEqual([]);
  });

  it('leaves the others as they are', () => {
    const [one, other] = [lived(), lived()];
    one.send(forgotten, mark(10_000));
    one.drain();
    const latest = (runtime: MemoryRuntime) =>
      new Map(runtime.events(userStates).map((state) => [state.userId, state]));
    for (const userId of ['user-1', 'user-2']) {
      expect(latest(one).get(userId)).toEqual(latest(other).get(userId));
    }
  });
});
