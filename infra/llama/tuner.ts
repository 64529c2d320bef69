// Tunes an adapter by reward: texts are drawn from the version in service, judged, and learned from; the
// result is written as a new file, put in service between calls, and kept only where it does better on
// prompts that nothing is learned from.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lora } from '../../models/llm/lora.ts';
import { ascend, type Drawn, type LoraGrpoOptions } from '../../models/llm/lora-grpo.ts';
import type { AdaptableModel, Adapter, Generation } from '../../models/llm/port.ts';
import type { Rows } from '../../models/llm/products.ts';
import { Random, shuffled } from '../../models/random.ts';
import { writeAdapter } from './gguf/adapter.ts';

export interface Task {
  readonly prompt: string;
  /** Gives the reward of a text. */
  readonly reward: (generation: Generation) => number;
}

export interface TunerOptions extends LoraGrpoOptions {
  readonly model: AdaptableModel;
  /** The output matrix of the model's file, and the model's architecture. */
  readonly rows: Rows;
  readonly architecture: string;
  /** Folder in which the versions are written. */
  readonly folder: string;
  readonly training: readonly Task[];
  readonly heldOut: readonly Task[];
  /** Number of prompts in a step, and of texts for each. @default 6, 6 */
  readonly prompts?: number;
  readonly group?: number;
  /** Number of steps between two validations; each validated state is a version. @default 2 */
  readonly every?: number;
  /** Number of texts for each held-out prompt in a validation. @default 2 */
  readonly repeats?: number;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  /** Rank of the adapter. @default 8 */
  readonly rank?: number;
  /** Number of the first version. @default 1 */
  readonly first?: number;
  readonly seed: number;
}

/** A version, as it was validated. */
export interface Version {
  readonly version: number;
  readonly path: string;
  readonly sha256: string;
  /** Mean reward on the held-out prompts, with the same seeds for every version. */
  readonly reward: number;
  /**
   * Mean KL divergence from the model without an adapter, nats a token, at the texts learned from
   * last.
   */
  readonly divergence: number;
  /** Whether the version was kept; false if it was rolled back. */
  readonly kept: boolean;
  /** Mean reward of the texts that it was learned from. */
  readonly trained: number;
}

/** Number of texts whose states tell what all states have in common. */
const FIRST = 12;

export class Tuner {
  /** Mean held-out reward without an adapter; 0 until `begin` has measured it. */
  before = 0;
  /** Mean held-out reward of the version in service. */
  best = 0;
  readonly #options: TunerOptions;
  readonly #random: Random;
  #lora: Lora;
  #version: number;
  /** The best version so far, which is in service. */
  #incumbent: { readonly theta: Float64Array; readonly adapter: Adapter | undefined };
  #drawn = 0;

  constructor(options: TunerOptions) {
    const { rows, rank = 8, seed, first = 1 } = options;
    this.#version = first - 1;
    this.#options = options;
    this.#random = new Random(seed);
    const shape = { rank, width: rows.width, vocabulary: rows.rows, alpha: rank };
    this.#lora = new Lora(shape);
    this.#incumbent = { theta: this.#lora.theta.slice(), adapter: undefined };
  }

  /** Measures the model without an adapter. @returns its mean held-out reward */
  async begin(): Promise<number> {
    const { model, training } = this.#options;
    await model.setAdapter(undefined);
    const states: Float32Array[] = [];
    for (const { prompt } of training.slice(0, FIRST)) {
      states.push(...((await this.#draw(prompt, true)).states ?? []));
    }
    const { rank, width, vocabulary, alpha } = this.#lora;
    this.#lora = Lora.across({ rank, width, vocabulary, alpha }, states, this.#random);
    this.#incumbent = { theta: this.#lora.theta.slice(), adapter: undefined };
    this.before = await this.validate();
    this.best = this.before;
    return this.before;
  }

  /** Makes some steps. @returns the version they came to, which is in service if it was kept */
  async advance(): Promise<Version> {
    const { model, rows, architecture, folder, every = 2 } = this.#options;
    let [trained, divergence] = [0, 0];
    for (let step = 0; step < every; step++) {
      const groups = await this.#groups();
      const rewards = groups.flat().map(({ reward }) => reward);
      trained += rewards.reduce((sum, one) => sum + one, 0) / rewards.length / every;
      ({ divergence } = ascend(this.#lora, rows, groups, this.#options));
      // What is drawn from next is what was ascended to.
      if (step + 1 < every) await this.#serve(architecture, folder);
    }
    const adapter = await this.#serve(architecture, folder);
    const reward = await this.validate();
    const kept = reward > this.best;
    if (kept) {
      this.best = reward;
      this.#incumbent = { theta: this.#lora.theta.slice(), adapter };
    } else {
      await model.setAdapter(this.#incumbent.adapter);
      this.#lora.theta.set(this.#incumbent.theta);
    }
    const sha256 = createHash('sha256')
      .update(await readFile(adapter.path))
      .digest('hex');
    return { ...adapter, sha256, reward, divergence, kept, trained };
  }

  /**
   * Mean reward on the held-out prompts of what is in service; the draws have the same seeds each
   * time.
   */
  async validate(): Promise<number> {
    const { heldOut, repeats = 2, seed } = this.#options;
    let sum = 0;
    for (const [i, { prompt, reward }] of heldOut.entries()) {
      for (let r = 0; r < repeats; r++) {
        sum += reward(await this.#draw(prompt, false, seed + 1_000_003 * (1 + i * repeats + r)));
      }
    }
    return sum / (heldOut.length * repeats);
  }

  async #groups(): Promise<Drawn[][]> {
    const { training, prompts = 6, group = 6 } = this.#options;
    const groups: Drawn[][] = [];
    for (const { prompt, reward } of shuffled(training, this.#random).slice(0, prompts)) {
      const drawn: Drawn[] = [];
      for (let g = 0; g < group; g++) {
        const generation = await this.#draw(prompt, true);
        const { tokens, states = [] } = generation;
        const steps = tokens.map((token, t) => ({ token, state: states[t]! }));
        drawn.push({ steps, reward: reward(generation) });
      }
      groups.push(drawn);
    }
    return groups;
  }

  /** Draws a text; each call has a seed of its own, unless one is given. */
  #draw(prompt: string, states: boolean, seed?: number): Promise<Generation> {
    const { model, maxTokens = 24, stop = [], temperature = 1 } = this.#options;
    this.#drawn += 1;
    const own = this.#options.seed * 7919 + this.#drawn;
    return model.generate(prompt, { maxTokens, temperature, seed: seed ?? own, stop, states });
  }

  async #serve(architecture: string, folder: string): Promise<Adapter> {
    this.#version += 1;
    const version = this.#version;
    const { rank, width, vocabulary, alpha, a, b } = this.#lora;
    const path = join(folder, `adapter-${String(version).padStart(4, '0')}.gguf`);
    const floats = { a: Float32Array.from(a), b: Float32Array.from(b) };
    const { name } = this.#options.model;
    await writeAdapter(path, { rank, width, vocabulary, alpha, ...floats }, { architecture, name });
    const adapter = { version, path };
    await this.#options.model.setAdapter(adapter);
    return adapter;
  }
}
