// Online factorization: P(click) = σ(a factorization machine over hashed ids), one pass, two optimisers.
import type { Example } from '../../../schemas/topics/examples.ts';
import type { UserState } from '../../../schemas/topics/user-state.ts';
import { decodeParts, encodeParts } from '../../codec.ts';
import { weightOf } from '../../outcomes.ts';
import type {
  Candidate,
  DecisionContext,
  LearningPolicy,
  PolicyKind,
  PredictionContext,
} from '../../policy.ts';
import { hash32, mix32 } from '../../random.ts';
import { type Gathered, machineGradient, machineLogit } from './machine.ts';
import { AdagradTable, FACTORS, FtrlTable, type Table } from './tables.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, imul, max, min, sqrt } = Math;

/** Factor from the logit of P(click) to a score: how greedy the policy is. */
const SHARPNESS = 3;

/** Smallest distance of a prediction from 0 and 1. */
const LEAST = 1e-7;

const sigmoid = (z: number) => 1 / (1 + exp(-z));

interface Features {
  readonly hashes: readonly number[];
  readonly x: readonly number[];
}

class Factorization implements LearningPolicy {
  readonly name: string;
  version: number;
  readonly #table: Table;

  constructor(name: string, table: Table, version: number) {
    this.name = name;
    this.#table = table;
    this.version = version;
  }

  scores({ state, candidates }: DecisionContext): Float64Array {
    return Float64Array.from(
      candidates,
      (candidate) => SHARPNESS * machineLogit(this.#gather(featuresOf(state, candidate, 0))),
    );
  }

  predict({ state, items }: PredictionContext): Float64Array {
    return Float64Array.from(items, (item) => {
      const features = featuresOf(state, item, item.position ?? 0);
      return max(LEAST, min(1 - LEAST, sigmoid(machineLogit(this.#gather(features)))));
    });
  }

  learn(example: Example): void {
    for (const item of example.items) {
      const weight = weightOf(example, item);
      if (weight === 0) continue;
      const features = featuresOf(example.state, item, item.position);
      const gathered = this.#gather(features);
      const error = weight * (sigmoid(machineLogit(gathered)) - (item.positive ? 1 : 0));
      const gradient = machineGradient(gathered).map((g) => error * g);
      for (const [i, hash] of features.hashes.entries()) {
        this.#table.step(hash, gradient, i * (FACTORS + 1));
      }
    }
    this.version += 1;
  }

  save(): Uint8Array {
    const meta = { version: this.version };
    return encodeParts({ format: formatOf(this.name), meta, arrays: this.#table.save() });
  }

  #gather({ hashes, x }: Features): Gathered {
    const rows = new Float64Array(hashes.length * (FACTORS + 1));
    for (const [i, hash] of hashes.entries()) this.#table.read(hash, rows, i * (FACTORS + 1));
    return { rows, x, width: FACTORS };
  }
}

/**
 * Features: bias, position, user, item, its groups, user × groups, similarity. Each kind is hashed
 * with a seed of its own.
 */
function featuresOf(state: UserState, candidate: Candidate, position: number): Features {
  const { itemId, groups, similarity } = candidate;
  const user = hash32(state.userId, 0x75736572);
  const ofGroups = groups.map((group) => hash32(group, 0x67726f75));
  const crossed = ofGroups.map((group) => mix32(user ^ imul(group, 0x9e3779b1)));
  const share = 1 / sqrt(max(1, groups.length));
  return {
    hashes: [1, 2, user, hash32(itemId, 0x6974656d), ...ofGroups, ...crossed, 3],
    x: [
      1,
      min(position, 20) / 10,
      1,
      1,
      ...ofGroups.map(() => share),
      ...crossed.map(() => share),
      similarity ?? 0,
    ],
  };
}

function factorizationKind(name: string, makeTable: () => Table): PolicyKind {
  return {
    name,
    create: () => new Factorization(name, makeTable(), 0),
    load(bytes) {
      const parts = decodeParts(bytes, formatOf(name));
      const table = makeTable();
      table.load(parts);
      return new Factorization(name, table, (parts.meta as { version: number }).version);
    },
  };
}

const formatOf = (name: string) => `millrace/${name}/1`;

export const factorizationAdagrad = factorizationKind(
  'factorization-adagrad',
  () => new AdagradTable(),
);
export const factorizationFtrl = factorizationKind('factorization-ftrl', () => new FtrlTable());
