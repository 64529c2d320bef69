// A predictor of clicks as a policy: it shows what it thinks likely. For the baselines that only predict.
import type { Example } from '../../../schemas/topics/examples.ts';
import { MeansBaseline } from '../../baseline/means.ts';
import { PopularityBaseline } from '../../baseline/popularity.ts';
import { decodeParts, encodeParts } from '../../codec.ts';
import type { Predictor } from '../../learner.ts';
import type {
  DecisionContext,
  LearningPolicy,
  PolicyKind,
  PredictionContext,
} from '../../policy.ts';

/** Factor from the logit of P(click) to a score: how greedy the policy is. */
const SHARPNESS = 3;

class PredictorPolicy implements LearningPolicy {
  readonly name: string;
  version: number;
  readonly #predictor: Predictor;

  constructor(name: string, predictor: Predictor, version: number) {
    this.name = name;
    this.#predictor = predictor;
    this.version = version;
  }

  scores({ at, state, candidates }: DecisionContext): Float64Array {
    const p = this.#predictor.predict({ userId: state.userId, at, state, items: candidates });
    return p.map((one) => SHARPNESS * Math.log(one / (1 - one)));
  }

  predict(context: PredictionContext): Float64Array {
    return this.#predictor.predict(context);
  }

  learn(example: Example): void {
    this.#predictor.learn(example);
    this.version += 1;
  }

  forget(userId: string): void {
    this.#predictor.forget?.(userId);
  }

  save(): Uint8Array {
    const saved = this.#predictor.save();
    // The codec knows no single bytes; what it wrote is whole words.
    const words = new Uint16Array(saved.buffer, saved.byteOffset, saved.length / 2);
    const meta = { version: this.version };
    return encodeParts({ format: formatOf(this.name), meta, arrays: { words } });
  }
}

const formatOf = (name: string) => `millrace/${name}/1`;

function predictorKind(name: string, make: (saved?: Uint8Array) => Predictor): PolicyKind {
  return {
    name,
    create: () => new PredictorPolicy(name, make(), 0),
    load(saved) {
      const parts = decodeParts(saved, formatOf(name));
      const { buffer, byteOffset, byteLength } = parts.integers('words');
      const predictor = make(new Uint8Array(buffer, byteOffset, byteLength));
      return new PredictorPolicy(name, predictor, (parts.meta as { version: number }).version);
    },
  };
}

/** Shows items by the rate of their likes. */
export const likeRate = predictorKind('like-rate', (saved) => new PopularityBaseline(saved));

/** Shows items by user mean + item mean. */
export const means = predictorKind('means', (saved) => new MeansBaseline(saved));
