// Natural log-probabilities of chosen tokens at one evaluated position, through the sampler.
//
// The addon's own softmax sums 49,152 floats from the largest down in 32 bits, and what falls below
// half a unit in the last place of the sum is lost (measured: up to 3e-4 a token, always to the same
// side). So the sum is taken in two parts: the K most likely tokens in 64 bits here, and the rest by
// the addon with those K ruled out, where the small terms count. Measured against a 64-bit softmax
// over the whole vocabulary: within 7e-5 a token.
import type { Native, NativeSampler } from './native.ts';

/** Tokens whose probabilities are read out; a larger K costs time on the event loop (256: 0.1 ms). */
const K = 256;
/** Lifts two tokens above all others; small enough that a 32-bit logit keeps five digits. */
const LIFT = 64;
/** Temperature 1 with cuts only by rank: the ranked probabilities are the model's own ratios. */
const RANKED = { temperature: 1, topP: 1, minP: 0, seed: 0 };

export class TokenLogProbs implements Disposable {
  readonly #native: Native;
  readonly #ranked: NativeSampler;
  readonly #rest: NativeSampler;

  constructor(native: Native) {
    this.#native = native;
    this.#ranked = native.createSampler();
    this.#rest = native.createSampler();
  }

  /**
   * @param index a logit index of the last decoded batch
   * @returns natural log-probability of each target token, nats
   */
  async at(index: number, targets: readonly number[]): Promise<number[]> {
    const top = await this.#ratios(index, { topK: K });
    const ids = [...top.keys()];
    const best = ids[0] as number;
    const last = ids.at(-1) as number;
    const others = ids.filter((id) => id !== last);
    // The last of the K stays in, so that the sum of the rest comes in its units.
    this.#rest.applyConfig({
      temperature: 0,
      seed: 0,
      tokenBiasKeys: Uint32Array.from(others),
      tokenBiasValues: new Float32Array(others.length).fill(Number.NEGATIVE_INFINITY),
    });
    const [, , share = 1] = await this.#native.context.sampleToken(index, this.#rest, false, true);
    let total = (top.get(last) as number) / share;
    for (const id of others) total += top.get(id) as number;

    const known = new Map<number, number>();
    for (const target of targets) {
      if (known.has(target)) continue;
      const ratio =
        top.get(target) ?? (await this.#below(index, best, target)) * (top.get(best) as number);
      known.set(target, Math.log(ratio / total));
    }
    return targets.map((target) => known.get(target) as number);
  }

  /** p(target) / p(best) for a target outside the K most likely. */
  async #below(index: number, best: number, target: number): Promise<number> {
    const pair = await this.#ratios(index, {
      topK: 2,
      tokenBiasKeys: Uint32Array.of(best, target),
      tokenBiasValues: Float32Array.of(LIFT, LIFT),
    });
    // Absent or zero: further than 64 nats below the best; a bound keeps the sum finite.
    const ratio = (pair.get(target) ?? 0) / (pair.get(best) ?? 1);
    return Math.max(ratio, Math.exp(-LIFT));
  }

  async #ratios(index: number, cut: object): Promise<Map<number, number>> {
    this.#ranked.applyConfig({ ...RANKED, ...cut });
    const [, flat = []] = await this.#native.context.sampleToken(index, this.#ranked, true, false);
    const ratios = new Map<number, number>();
    for (let i = 0; i + 1 < flat.length; i += 2)
      ratios.set(flat[i] as number, flat[i + 1] as number);
    return ratios;
  }

  [Symbol.dispose](): void {
    this.#ranked.dispose();
    this.#rest.dispose();
  }
}
