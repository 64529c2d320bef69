// A step of GRPO (Shao et al. 2024, equations 3 and 4) on texts that a language model drew, ascended by
// a low-rank update of its output matrix.
//
// The texts of one prompt are a group. A text's advantage, its reward less the group's mean over the
// group's standard deviation, is that of each of its tokens; each text counts the same, whatever its length. The
// texts were drawn from the policy before the epochs, untruncated, so that π_prox is what they were drawn
// from; the reference of the divergence is the model without an update.
import { clipped, type Proximal } from '../rl/clipped.ts';
import { groupRelative } from '../rl/grpo.ts';
import { type Lora, norm, OutputSoftmax, type Step } from './lora.ts';
import type { Rows } from './products.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp } = Math;

/** A drawn text with its reward. */
export interface Drawn {
  readonly steps: readonly Step[];
  readonly reward: number;
}

export interface LoraGrpoOptions {
  /** ε of the clipped surrogate. @default 0.2 */
  clip?: number;
  /** β, weight of the divergence from the model without an update. @default 0.02 */
  beta?: number;
  /** Number of epochs over the same texts; in a single one nothing is clipped. @default 1 */
  epochs?: number;
  /**
   * Length of the first epoch's step in the parameters; later steps are in proportion.
   * @default 0.5
   */
  rate?: number;
  /** Temperature at which the texts were drawn. @default 1 */
  temperature?: number;
}

export interface LoraStep {
  /** Number of texts whose group taught something. */
  readonly used: number;
  /** Mean KL(π ‖ π without the update) at the drawn states before the step, nats a token. */
  readonly divergence: number;
}

/** Changes `lora` by one ascent, unless all texts of every group earn the same. */
export function ascend(
  lora: Lora,
  rows: Rows,
  groups: readonly (readonly Drawn[])[],
  options: LoraGrpoOptions = {},
): LoraStep {
  const { epochs = 1, rate = 0.5, temperature = 1 } = options;
  const batch = batchOf(groups);
  if (batch.steps.length === 0) return { used: 0, divergence: 0 };
  const softmax = new OutputSoftmax(rows, batch.steps, { temperature });
  const { logs, divergence } = softmax.evaluate(lora);
  let scale = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { gradient } = surrogate(lora, softmax, batch, logs, options);
    // What the clip leaves of a later epoch is short, and must not be stretched.
    if (epoch === 0) scale = rate / norm(gradient);
    if (!Number.isFinite(scale)) break;
    const { theta } = lora;
    for (let i = 0; i < theta.length; i++) theta[i]! += scale * gradient[i]!;
  }
  return { used: batch.texts, divergence };
}

export interface Batch {
  readonly steps: readonly Step[];
  readonly texts: number;
  /** For each step, the advantage of its text, and 1 / (texts · tokens of the text). */
  readonly advantages: readonly number[];
  readonly shares: readonly number[];
}

/** The batch of all groups, without those in which all texts earn the same. */
export function batchOf(groups: readonly (readonly Drawn[])[]): Batch {
  const texts = groups.flatMap((group) => {
    const advantages = groupRelative(group.map(({ reward }) => reward));
    return group.map(({ steps }, g) => ({ steps, advantage: advantages[g]! }));
  });
  const telling = texts.filter(({ steps, advantage }) => advantage !== 0 && steps.length > 0);
  return {
    texts: telling.length,
    steps: telling.flatMap(({ steps }) => steps),
    advantages: telling.flatMap(({ steps, advantage }) => steps.map(() => advantage)),
    shares: telling.flatMap(({ steps }) => steps.map(() => 1 / (telling.length * steps.length))),
  };
}

/**
 * Σ share · (clipped surrogate − β ρ (π_ref/π − log(π_ref/π) − 1)), ρ = π / π_prox, and its exact gradient.
 * With ρ the divergence is an expectation under π, though the texts were drawn before.
 * @param proximal log π of each step before the epochs
 */
export function surrogate(
  lora: Lora,
  softmax: OutputSoftmax,
  { advantages, shares }: Batch,
  proximal: Float64Array,
  { clip = 0.2, beta = 0.02 }: LoraGrpoOptions = {},
): { value: number; gradient: Float64Array } {
  const { logs, base } = softmax.evaluate(lora);
  const near: Proximal = { logs: proximal, weights: new Float64Array(logs.length).fill(1) };
  const slopes = new Float64Array(logs.length);
  let value = 0;
  for (let t = 0; t < logs.length; t++) {
    const one = clipped(logs[t]!, near, t, advantages[t]!, clip);
    const away = base[t]! - logs[t]!;
    const weight = exp(logs[t]! - proximal[t]!);
    value += shares[t]! * (one.value - beta * weight * (exp(away) - away - 1));
    slopes[t] = shares[t]! * (one.slope + beta * weight * away);
  }
  const gradient = new Float64Array(lora.theta.length);
  softmax.addGradient(lora, slopes, gradient);
  return { value, gradient };
}
