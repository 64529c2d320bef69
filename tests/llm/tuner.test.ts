// The tuner on a small model of its own, whose softmax is known: it learns what earns, keeps what is
// better on the held-out prompts, and rolls back what is not.

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAdapter } from '../../infra/llama/gguf/adapter.ts';
import { type Task, Tuner } from '../../infra/llama/tuner.ts';
import type { AdaptableModel, Adapter, Generation } from '../../models/llm/port.ts';
import { normal } from '../../models/normal.ts';
import { Random } from '../../models/random.ts';
import { fakeModel } from '../support/fake-model.ts';

const [width, vocabulary] = [4, 12];
/** The token that earns. */
const EARNS = 7;
const weights = (() => {
  const random = new Random(1);
  return Float64Array.from({ length: width * vocabulary }, () => 0.3 * normal(random));
})();
const rows = {
  rows: vocabulary,
  width,
  read: (from: number, to: number, into: Float64Array) =>
    into.set(weights.subarray(from * width, to * width)),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-tuner-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Draws from softmax(W h + B A h), h by the prompt; remembers what was put in service. */
function softmaxModel(): AdaptableModel & { readonly served: (Adapter | undefined)[] } {
  const served: (Adapter | undefined)[] = [];
  let b = new Float64Array(vocabulary * width); // B A
  return {
    ...fakeModel({ name: 'softmax', width }),
    adapter: 0,
    served,
    scored: () => Promise.reject(new Error('Nobody asks it.')),
    hidden: () => Promise.reject(new Error('Nobody asks it.')),
    async setAdapter(adapter) {
      served.push(adapter);
      b = new Float64Array(vocabulary * width);
      if (!adapter) return;
      const { rank, a, b: up } = await readAdapter(adapter.path);
      for (let v = 0; v < vocabulary; v++)
        for (let i = 0; i < width; i++)
          for (let k = 0; k < rank; k++) b[v * width + i]! += up[v * rank + k]! * a[k * width + i]!;
    },
    async generate(prompt, { maxTokens, seed = 0, states }): Promise<Generation> {
      const random = new Random(seed);
      const start = new Random(String(prompt).length);
      const tokens: number[] = [];
      const given: Float32Array[] = [];
      while (tokens.length < maxTokens) {
        const state = Float32Array.from({ length: width }, () => 1 + 0.1 * normal(start));
        const odds = Array.from({ length: vocabulary }, (_, v) => {
          let z = 0;
          for (let i = 0; i < width; i++)
            z += (weights[v * width + i]! + b[v * width + i]!) * state[i]!;
          return Math.exp(z);
        });
        tokens.push(drawnFrom(odds, random));
        given.push(state);
      }
      const rest = { logProbs: [], ended: true, promptTokens: 1, text: tokens.join(' ') };
      return { tokens, ...rest, ...(states ? { states: given } : {}) };
    },
  };
}

function drawnFrom(odds: readonly number[], random: Random): number {
  let left = random.next() * odds.reduce((sum, one) => sum + one, 0);
  for (const [v, one] of odds.entries()) {
    left -= one;
    if (left < 0) return v;
  }
  return odds.length - 1;
}

/** Earns the share of tokens that are this one. */
const share = (token: number, prompt: string): Task => ({
  prompt,
  reward: ({ tokens }) => tokens.filter((one) => one === token).length / tokens.length,
});
const prompts = ['a', 'bb', 'ccc', 'dddd'];

describe('the tuner', () => {
  it('learns what earns, and each version in service is a file of its own', async () => {
    const model = softmaxModel();
    const training = prompts.map((prompt) => share(EARNS, prompt));
    const heldOut = ['eeeee', 'ffffff'].map((prompt) => share(EARNS, prompt));
    const base = { model, rows, architecture: 'llama', training, heldOut, seed: 1 };
    const tuner = new Tuner({
      ...base,
      folder: join(folder, 'learns'),
      prompts: 4,
      group: 8,
      every: 2,
      repeats: 20,
      maxTokens: 6,
      rank: 2,
      rate: 0.5,
      first: 5,
    });
    const before = await tuner.begin();
    const versions = [await tuner.advance(), await tuner.advance(), await tuner.advance()];
    expect(before).toBeLessThan(0.2);
    expect(tuner.best).toBeGreaterThan(before + 0.3);
    // Two steps a version, each written before it is drawn from.
    expect(versions.map(({ version }) => version)).toEqual([6, 8, 10]);
    for (const { path, sha256 } of versions) {
      expect(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ).toBe(sha256);
    }
    const kept = versions.filter((one) => one.kept).at(-1)!;
    expect(model.served.at(-1)?.version).toBe(kept.version);
    expect(tuner.best).toBe(kept.reward);
    expect(kept.divergence).toBeGreaterThan(0);
  });

  it('rolls back to the version before when the held-out reward falls', async () => {
    const model = softmaxModel();
    // What earns on the prompts it learns from costs on those it is judged by.
    const training = prompts.map((prompt) => share(EARNS, prompt));
    const heldOut = ['eeeee'].map((prompt): Task => {
      const { reward } = share(EARNS, prompt);
      return { prompt, reward: (generation) => 1 - reward(generation) };
    });
    const tuner = new Tuner({
      ...{ model, rows, architecture: 'llama', training, heldOut, seed: 2 },
      folder: join(folder, 'falls'),
      prompts: 4,
      group: 8,
      every: 1,
      repeats: 40,
      maxTokens: 6,
      rank: 2,
      rate: 1,
    });
    const before = await tuner.begin();
    const { kept, reward } = await tuner.advance();
    expect(kept).toBe(false);
    expect(reward).toBeLessThan(before);
    expect(tuner.best).toBe(before);
    expect(model.served.at(-1)).toBeUndefined();
    // What it learns from next is what is in service again: the same reward as before.
    expect(await tuner.validate()).toBe(before);
  });
});
