// Adapters on the real engine and the real model: what they move, what is refused, and swaps under load.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type OutputAdapter, writeAdapter } from '../../infra/llama/gguf/adapter.ts';
import { readGguf } from '../../infra/llama/gguf/read.ts';
import { type MatrixRows, matrixRows } from '../../infra/llama/gguf/rows.ts';
import { OUTPUT, untied } from '../../infra/llama/gguf/untied.ts';
import { openLlama } from '../../infra/llama/open.ts';
import { openLlamaProcess } from '../../infra/llama/process.ts';
import { Lora, OutputSoftmax } from '../../models/llm/lora.ts';
import type { AdaptableModel } from '../../models/llm/port.ts';
import { historyPrompt } from '../../models/llm/roles/policy.ts';
import { normal } from '../../models/normal.ts';
import { Random } from '../../models/random.ts';
import { needModel, modelFile as tied } from '../support/model-file.ts';

const LIKED = historyPrompt(['Casino (1995)', 'Se7en (1995)']);
/** Single tokens of any model that has words. */
const WORDS = [' the', ' a', ' of', ' and', ' movie'];
/** Longer than the batches that a prompt is split into. */
const LONG = `${'A word after a word, and then another word. '.repeat(12)}I liked the movie`;

// Evaluations take seconds where other tests share the cores.
jest.setTimeout(180_000);

let scratch: string;
let model: string;
let llm: AdaptableModel;
let rows: MatrixRows;

beforeAll(async () => {
  needModel();
  scratch = await mkdtemp(join(tmpdir(), 'millrace-adapter-'));
  model = await untied(tied, scratch);
  rows = await matrixRows(await readGguf(model), OUTPUT);
  llm = await openLlama({ model, gpu: false, threads: 1, contextTokens: 256 });
});

afterAll(async () => {
  await llm?.[Symbol.asyncDispose]();
  if (scratch) await rm(scratch, { recursive: true });
});

/** An update that moves logits by about 1. */
function drawn(seed: number): Lora {
  const random = new Random(seed);
  const shape = { rank: 2, width: rows.width, vocabulary: rows.rows, alpha: 3 };
  const lora = Lora.fresh(shape, 50, random);
  const { b } = lora;
  for (let i = 0; i < b.length; i++) b[i] = 0.5 * normal(random);
  return lora;
}

async function written(lora: Lora, name: string, changed: Partial<OutputAdapter> = {}) {
  const { rank, width, vocabulary, alpha, a, b } = lora;
  const floats = { a: Float32Array.from(a), b: Float32Array.from(b) };
  const path = join(scratch, name);
  const made = { architecture: 'llama', name: llm.name };
  await writeAdapter(path, { rank, width, vocabulary, alpha, ...floats, ...changed }, made);
  return path;
}

describe('an adapter in service', () => {
  it('leaves the untied copy as it was, and is named like the model', async () => {
    await using plain = await openLlama({
      model: tied,
      gpu: false,
      threads: 1,
      contextTokens: 256,
    });
    expect(llm.name).toBe(plain.name);
    expect(await llm.score(LIKED, WORDS)).toEqual(await plain.score(LIKED, WORDS));
    await expect(
      plain.setAdapter({ version: 1, path: await written(drawn(1), 'for-untied.gguf') }),
    ).rejects.toEqual(expect.objectContaining({ code: 'adapter-mismatch' }));
  });

  it('moves log-probabilities by scale · B A h, as worked out over the whole vocabulary', async () => {
    const lora = drawn(2);
    const state = await llm.embed(LIKED);
    const before = await llm.score(LIKED, WORDS);
    await llm.setAdapter({ version: 7, path: await written(lora, 'seven.gguf'), scale: 0.5 });
    const { scores, adapter } = await llm.scored(LIKED, WORDS);
    expect(adapter).toBe(7);
    const ids = await tokensOf(state, before);
    const half = new Lora({ ...lora, alpha: lora.alpha / 2 }, lora.theta);
    const steps = ids.map((token) => ({ state, token }));
    const { logs, base } = new OutputSoftmax(rows, steps).evaluate(half);
    for (const i of WORDS.keys()) {
      const [moved, expected] = [scores[i]! - before[i]!, logs[i]! - base[i]!];
      expect(Math.abs(moved - expected)).toBeLessThan(0.01);
      expect(Math.abs(scores[i]! - logs[i]!)).toBeLessThan(4 * roundingOf(state, ids[i]!));
    }
    // They did move.
    expect(Math.max(...scores.map((score, i) => Math.abs(score - before[i]!)))).toBeGreaterThan(
      0.2,
    );
    expect(await llm.embed(LIKED)).toEqual(state);

    await llm.setAdapter(undefined);
    expect(await llm.scored(LIKED, WORDS)).toEqual({ scores: before, adapter: 0 });
  });

  it('is refused when it does not fit, and the one before stays', async () => {
    await llm.setAdapter({ version: 3, path: await written(drawn(3), 'three.gguf') });
    const scored = await llm.scored(LIKED, WORDS);
    const { a, b, rank, width, vocabulary } = drawn(4);
    const transposed = await written(drawn(4), 'transposed.gguf', {
      width: vocabulary,
      vocabulary: width,
      a: Float32Array.from(b),
      b: Float32Array.from(a),
    });
    expect(rank).toBe(2);
    await expect(llm.setAdapter({ version: 4, path: transposed })).rejects.toEqual(
      expect.objectContaining({ code: 'adapter-mismatch' }),
    );
    await expect(llm.setAdapter({ version: 4, path: join(scratch, 'no.gguf') })).rejects.toEqual(
      expect.objectContaining({ code: 'gguf-invalid' }),
    );
    expect(await llm.scored(LIKED, WORDS)).toEqual(scored);
    await llm.setAdapter(undefined);
  });
});

/** The token of each word. The untouched softmax agrees with its score, to four deviations of the rounding. */
async function tokensOf(state: Float32Array, scores: readonly number[]): Promise<number[]> {
  const none = new Lora({ rank: 1, width: rows.width, vocabulary: rows.rows, alpha: 1 });
  const { LlamaLogLevel, getLlama } = await import('node-llama-cpp');
  await using llama = await getLlama({
    gpu: false,
    build: 'never',
    logLevel: LlamaLogLevel.error,
    logger: () => undefined,
  });
  await using engine = await llama.loadModel({ modelPath: tied, vocabOnly: true });
  const ids = WORDS.map((word) => engine.tokenize(word, false, 'trimLeadingSpace')[0] as number);
  const { logs } = new OutputSoftmax(
    rows,
    ids.map((token) => ({ state, token })),
  ).evaluate(none);
  for (const [i, token] of ids.entries()) {
    expect(Math.abs(logs[i]! - scores[i]!)).toBeLessThan(4 * roundingOf(state, token));
  }
  return ids;
}

/**
 * Standard deviation that a logit of the engine has for its own rounding: with a matrix of few bits it
 * takes the state in blocks of 32 as 8-bit steps of 1/127 of the block's largest value, each off by a
 * uniform half step at most. How the blocks are summed is the processor's affair.
 */
function roundingOf(state: Float32Array, token: number): number {
  const row = new Float64Array(rows.width);
  rows.read(token, token + 1, row);
  let variance = 0;
  for (let from = 0; from < rows.width; from += 32) {
    const block = state.subarray(from, from + 32);
    const step = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    for (let i = 0; i < block.length; i++) variance += (step * step * row[from + i]! ** 2) / 12;
  }
  return Math.sqrt(variance);
}

describe('hidden states', () => {
  it('are of every token, the last one as that of `embed`', async () => {
    const states = await llm.hidden(LIKED);
    const { promptTokens } = await llm.generate(LIKED, { maxTokens: 1 });
    expect(states).toHaveLength(promptTokens);
    const last = await llm.embed(LIKED);
    const cosine = (a: Float32Array, b: Float32Array) => {
      const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    expect(cosine(states.at(-1)!, last)).toBeGreaterThan(0.999);
    expect(cosine(states[2]!, last)).toBeLessThan(0.99);
  });

  // Within what the engine loses by rounding states to eight bits before the output matrix.
  it('come with a generation, and explain what it drew', async () => {
    const options = { maxTokens: 6, temperature: 1, seed: 5 };
    const { tokens, logProbs, states } = await llm.generate(LIKED, {
      ...options,
      states: true,
      logProbs: true,
    });
    expect(states).toHaveLength(tokens.length);
    const none = new Lora({ rank: 1, width: rows.width, vocabulary: rows.rows, alpha: 1 });
    const steps = tokens.map((token, t) => ({ token, state: states![t]! }));
    const { logs } = new OutputSoftmax(rows, steps).evaluate(none);
    for (const t of tokens.keys()) expect(Math.abs(logs[t]! - logProbs[t]!)).toBeLessThan(0.2);
    const plain = await llm.generate(LIKED, options);
    expect(plain.states).toBeUndefined();
  });
});

describe('a prompt whose beginning is remembered', () => {
  it('gives the same bits as one that is not', async () => {
    await using fresh = await openLlama({ model, gpu: false, threads: 1, contextTokens: 256 });
    const [one, two] = [`${LONG} Heat, and also`, `${LONG} Casino, and also`];
    const expected = [await fresh.score(two, WORDS), await fresh.generate(one, { maxTokens: 3 })];
    for (let round = 0; round < 2; round++) {
      await llm.score(one, WORDS);
      await llm.embed(LONG);
      await llm.score(LIKED, WORDS);
      const written = await llm.generate(one, { maxTokens: 3 });
      expect([await llm.score(two, WORDS), written]).toEqual(expected);
    }
  });
});

describe('swaps under load', () => {
  it('fail no call, and each answer says which version made it', async () => {
    await using child = await openLlamaProcess({
      model,
      gpu: false,
      threads: 1,
      contextTokens: 256,
    });
    const versions = await Promise.all(
      [1, 2].map(async (version) => ({
        version,
        path: await written(drawn(version), `v${version}.gguf`),
      })),
    );
    const known: (readonly number[])[] = [await child.score(LIKED, WORDS)];
    for (const adapter of versions) {
      await child.setAdapter(adapter);
      known.push(await child.score(LIKED, WORDS));
    }
    await child.setAdapter(undefined);
    expect(known[1]).not.toEqual(known[0]);
    expect(known[2]).not.toEqual(known[1]);

    let going = true;
    const seen = new Set<number>();
    const state = await child.embed(LIKED);
    const asker = async (call: () => Promise<void>) => {
      while (going) await call();
    };
    const load = [
      asker(async () => {
        const { scores, adapter } = await child.scored(LIKED, WORDS);
        expect(scores).toEqual(known[adapter]);
        seen.add(adapter);
      }),
      asker(async () => expect(await child.embed(LIKED)).toEqual(state)),
      asker(async () => {
        const { tokens, adapter } = await child.generate(LIKED, { maxTokens: 2 });
        expect(tokens.length).toBeGreaterThan(0);
        seen.add(adapter!);
      }),
    ];
    for (const adapter of [...versions, undefined, ...versions]) {
      await child.setAdapter(adapter);
      expect(child.adapter).toBe(adapter?.version ?? 0);
      // Asked after the swap, so made with what it put in service.
      expect((await child.scored(LIKED, WORDS)).adapter).toBe(adapter?.version ?? 0);
    }
    going = false;
    await Promise.all(load);
    expect(seen).toEqual(new Set([0, 1, 2]));
  });
});
