// The event path with a language model that is well, stopped, failing or talking rubbish: every request is
// answered, every outcome attributed, and nothing of the rubbish reaches a score.
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LanguageModel } from '../../models/llm/port.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import type { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';
import { fakeModel } from '../support/fake-model.ts';
import { memoryLoop } from '../support/memory-loop.ts';

// A minute of five short loops where others share the cores.
jest.setTimeout(300_000);

const width = 8;
let asked = 0;
const model = (embed: () => Promise<Float32Array>): LanguageModel =>
  fakeModel({
    name: 'test',
    width,
    embed() {
      asked += 1;
      return embed();
    },
  });
let drawn = 0;
const models = {
  well: model(async () => Float32Array.from({ length: width }, (_, i) => Math.sin(++drawn + i))),
  stopped: model(() => new Promise(() => {})),
  failing: model(() => Promise.reject(new Error('It is ill.'))),
  noNumbers: model(async () => new Float32Array(width).fill(Number.NaN)),
  otherWidth: model(async () => new Float32Array(1 + (++drawn % (width - 1))).fill(1)),
};
type Kind = keyof typeof models;

const rows = 400;
const kinds = Object.keys(models) as Kind[];
const runs = new Map<Kind, MemoryRuntime>();
const askedOf = new Map<Kind, number>();
/** The same log where nothing is represented at all. */
let alone: MemoryRuntime;

beforeAll(async () => {
  const loop = { rows, salt: 'isolation' };
  alone = await memoryLoop(loop);
  for (const kind of kinds) {
    asked = 0;
    runs.set(kind, await memoryLoop({ ...loop, model: models[kind], represent: true }));
    askedOf.set(kind, asked);
  }
});

const served = (run: MemoryRuntime) =>
  run.events(impressions).filter(({ servedBy }) => servedBy === 'served');

describe('the event path beside the language model', () => {
  it('did ask it, and had vectors of the one that is well alone', () => {
    for (const kind of kinds) {
      expect(askedOf.get(kind)).toBeGreaterThan(0);
      const { size } = runs.get(kind)!.tables.of(vectorsTable).of('representer');
      if (kind === 'well') expect(size).toBeGreaterThan(20);
      else expect(size).toBe(0);
    }
    expect(askedOf.get('stopped')).toBe(1); // the one that never ends
  });

  it.each(kinds)('%s: answers every request, loses nothing', (kind) => {
    const run = runs.get(kind)!;
    const wanted = alone.events(requests).map(({ requestId }) => requestId);
    expect(wanted.length).toBeGreaterThan(2);
    expect(served(run).map(({ requestId }) => requestId)).toEqual(wanted);
    for (const { items } of served(run)) {
      for (const { score, propensity } of items) {
        expect(Number.isFinite(score)).toBe(true);
        expect(propensity).toBeGreaterThan(0);
        expect(propensity).toBeLessThanOrEqual(1);
      }
    }
    // Each row of the log, and each slate served, has come to an example.
    const closed = run.events(examples);
    const logged = closed
      .filter(({ servedBy }) => servedBy === 'logged')
      .flatMap(({ items }) => items);
    expect(logged).toHaveLength(rows);
    const ids = closed
      .filter(({ servedBy }) => servedBy === 'served')
      .map((one) => one.impressionId);
    expect(ids.toSorted()).toEqual(
      served(run)
        .map(({ impressionId }) => impressionId)
        .sort(),
    );
    expect(run.events(userStates)).toHaveLength(alone.events(userStates).length);
  });

  it.each(kinds.filter((kind) => kind !== 'well'))(
    '%s: serves the slates that are served without a language model',
    (kind) => {
      expect(served(runs.get(kind)!)).toEqual(served(alone));
    },
  );

  it('well: serves others', () => {
    expect(served(runs.get('well')!)).not.toEqual(served(alone));
  });
});
